# Test-ClusterHealth in a real pwsh, against a real etcd over TLS that `dotnet test` starts and tells of in the environment.

BeforeDiscovery { $noEtcd = -not $env:CLUSTERHEAL_TEST_ENDPOINT }

Describe 'The health of a cluster that is only an etcd' -Skip:$noEtcd {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile, $ProbeFile -Force
        $env:KUBECONFIG = Join-Path $TestDrive 'no-such-kubeconfig'
        $connection = @{
            Endpoint = $env:CLUSTERHEAL_TEST_ENDPOINT
            CaFile   = $env:CLUSTERHEAL_TEST_CA
            CertFile = $env:CLUSTERHEAL_TEST_CERT
            KeyFile  = $env:CLUSTERHEAL_TEST_KEY
        }
        $cluster = Connect-Cluster @connection -ClusterName 'only-etcd'
        $empty = (New-Item -ItemType Directory (Join-Path $TestDrive 'empty')).FullName
        $backups = (New-Item -ItemType Directory (Join-Path $TestDrive 'backups')).FullName
        $null = Save-EtcdSnapshot @connection -Path (Join-Path $backups 'etcd.db')
    }

    AfterAll {
        Disconnect-Cluster -ErrorAction Ignore
        $env:KUBECONFIG = $null
    }

    It 'passes every check of etcd' {
        $results = Test-ClusterHealth Etcd -Cluster $cluster
        $results | Should -BeOfType ([ClusterHeal.CheckResult])
        $results.Where{ $_.Status -ne 'Pass' } | ForEach-Object { "$($_.Name): $($_.Message)" } | Should -BeNullOrEmpty
        $results.Name | Should -Contain 'EtcdQuorum'
        Test-ClusterHealth Etcd -Quiet | Should -BeTrue
    }

    It 'says what it could not see, and counts it only where it was asked for' {
        $results = Test-ClusterHealth
        $unseen = $results.Where{ $_.Name -eq 'Scope' }
        $unseen.Area | Should -Contain 'Nodes'
        $unseen.Area | Should -Contain 'Backups'
        $unseen.Status | Sort-Object -Unique | Should -Be 'Unknown'
        Test-ClusterHealth -Quiet | Should -BeTrue
        Test-ClusterHealth Nodes -Quiet | Should -BeFalse
        Test-ClusterHealth -Check NodeLease -Quiet | Should -BeFalse
        Test-ClusterHealth -Check EtcdQuorum -Quiet | Should -BeTrue
    }

    It 'refuses what cannot be answered, before it begins' -ForEach @(
        @{ Arguments = @{ Check = 'EtcdQuorom' } }
        @{ Arguments = @{ Area = 'Nodes'; Check = 'Etcd*' } }
        @{ Arguments = @{ Wait = $true; StableFor = '15m' } }
    ) {
        $answer = Test-ClusterHealth @Arguments -Quiet -ErrorVariable refused -ErrorAction SilentlyContinue
        $answer | Should -BeNullOrEmpty
        $refused[0].FullyQualifiedErrorId | Should -BeLike 'HealthOptionsInvalid*'
        $refused[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'takes -StableFor and -TimeoutSec with -Wait only' {
        $run = Invoke-Pwsh "Import-Module '$ModuleFile'; try { Test-ClusterHealth -StableFor 1s } catch { `$_.FullyQualifiedErrorId }"
        $run.Output | Should -BeLike '*MissingMandatoryParameter*'
    }

    It 'looks at backups where nothing else is given' {
        Disconnect-Cluster
        try {
            $results = Test-ClusterHealth Backups -BackupPath $backups
            $results.Where{ $_.Name -eq 'BackupAge' }.Status | Should -Be 'Pass'
        }
        finally {
            $cluster = Connect-Cluster @connection -ClusterName 'only-etcd'
        }
    }

    It 'runs the checks that are named' {
        (Test-ClusterHealth -Check EtcdS*, EtcdQuorum).Name | Sort-Object -Unique | Should -Be 'EtcdQuorum', 'EtcdSize'
    }

    It 'shows the worst first, with target, message and what to do' {
        $view = Test-ClusterHealth Etcd, Backups -BackupPath $empty | Format-Table | Out-String -Width 160
        $view | Should -BeLike '*Health*Name*Status*Message*BackupAge*Fail*To do: *EtcdQuorum*Pass*only-etcd: 1 of 1 voters*'
    }

    It 'colours states, and not where the output is text' {
        $PSStyle.OutputRendering = 'Ansi'
        try { (Test-ClusterHealth -Check EtcdQuorum | Out-String -Width 120).Contains("$($PSStyle.Foreground.BrightGreen)Pass$($PSStyle.Reset)") | Should -BeTrue }
        finally { $PSStyle.OutputRendering = 'PlainText' }
        Test-ClusterHealth -Check EtcdQuorum | Out-String -Width 120 | Should -Not -Match '\e'
        (Invoke-Pwsh "`$env:NO_COLOR = '1'; Import-Module '$ModuleFile'; `$PSStyle.OutputRendering = 'Host'; Get-FailureDrill | Out-String").Output -join '' | Should -Not -Match '\e'
    }

    It 'finds the newest proven snapshot, and says that no restore was rehearsed' {
        $results = Test-ClusterHealth Backups -BackupPath $backups
        $results.Where{ $_.Name -eq 'BackupAge' }.Status | Should -Be 'Pass'
        $results.Where{ $_.Name -eq 'RehearsalAge' }.Status | Should -Be 'Warning'
        (Test-ClusterHealth Backups -BackupPath $backups -BackupAge 0s).Where{ $_.Name -eq 'BackupAge' }.Status | Should -Be 'Fail'
        $null = Test-EtcdSnapshot (Join-Path $backups 'etcd.db') -Rehearse
        (Test-ClusterHealth Backups -BackupPath $backups).Status | Sort-Object -Unique | Should -Be 'Pass'
        (Test-ClusterHealth Backups -BackupPath $backups -RehearsalDay 0).Where{ $_.Name -eq 'RehearsalAge' }.Status | Should -Be 'Warning'
    }

    It 'waits until the cluster is well, and no longer than it may' {
        Test-ClusterHealth Etcd -Wait -StableFor 1s -TimeoutSec 120 -Quiet | Should -BeTrue
        Test-ClusterHealth Backups -BackupPath $empty -Wait -TimeoutSec 1 -Quiet | Should -BeFalse
        $results = Test-ClusterHealth Backups -BackupPath $empty -Wait -TimeoutSec 1 -ErrorVariable late -ErrorAction SilentlyContinue
        $results.Name | Should -Contain 'BackupAge'
        $late[0].FullyQualifiedErrorId | Should -BeLike 'ClusterNotHealthy*'
    }

    It 'writes reports by the endings of their files, and refuses others before it begins' {
        $null = Test-ClusterHealth Etcd -ReportPath "$TestDrive/health.html", "$TestDrive/health.json"
        Get-Content -Raw (Join-Path $TestDrive 'health.html') | Should -BeLike '<!DOCTYPE html*only-etcd*EtcdQuorum*'
        (Get-Content -Raw "$TestDrive/health.json" | ConvertFrom-Json).subject | Should -Be 'only-etcd'
        { Test-ClusterHealth Etcd -ReportPath (Join-Path $TestDrive 'health.pdf') -ErrorAction Stop } | Should -Throw -ErrorId 'ReportFormatUnknown*'
    }

    It 'is exported later, from its results' {
        $results = Test-ClusterHealth Etcd
        $files = $results | Export-ClusterReport "$TestDrive/later.html", "$TestDrive/later.xml", "$TestDrive/later.json" -PassThru
        $files.Name | Should -Be 'later.html', 'later.xml', 'later.json'
        Get-Content -Raw "$TestDrive/later.html" | Should -BeLike '<!DOCTYPE html*Health: only-etcd*EtcdQuorum*'
        $suites = ([xml] (Get-Content -Raw "$TestDrive/later.xml")).testsuites.testsuite
        ($suites | Measure-Object -Sum tests).Sum | Should -Be $results.Count
        $report = Get-Content -Raw "$TestDrive/later.json" | ConvertFrom-Json
        $report.verdict, $report.groups[0].checks[0].status | Should -Be 'Pass', 'Pass'
        @($report.groups.checks).Count | Should -Be $results.Count
    }

    It 'is not exported to a file that cannot be, before the test begins' {
        { Test-ClusterHealth Etcd | Export-ClusterReport "$TestDrive/later.pdf" } | Should -Throw -ErrorId 'ReportFormatUnknown*'
        { Test-ClusterHealth Etcd | Export-ClusterReport "$TestDrive/nowhere/later.html" } | Should -Throw -ErrorId 'PathNotFound*'
    }

    It 'leaves out what there is no report of, and writes nothing for nothing' {
        Test-ClusterHealth -Check EtcdQuorum | ForEach-Object { 'text'; $_ } | Export-ClusterReport "$TestDrive/mixed.json" -ErrorVariable refused -ErrorAction SilentlyContinue
        $refused.FullyQualifiedErrorId | Should -BeLike 'ReportObjectUnknown*'
        @((Get-Content -Raw "$TestDrive/mixed.json" | ConvertFrom-Json).groups.checks).Count | Should -Be 1
        @() | Export-ClusterReport "$TestDrive/none.json" -WarningVariable said -WarningAction SilentlyContinue
        "$said" | Should -BeLike 'Nothing came*'
        Test-Path "$TestDrive/none.json" | Should -BeFalse
        Test-ClusterHealth Etcd | Export-ClusterReport "$TestDrive/plan.json" -WhatIf
        Test-Path "$TestDrive/plan.json" | Should -BeFalse
    }
}
