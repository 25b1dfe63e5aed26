# The scripts of docs/samples, run as a scheduled task runs them: with `pwsh -File` and texts, in a pwsh that knows nothing else. Against a real
# etcd over TLS that `dotnet test` starts and tells of in the environment. LiveHosts runs the backup through hosts.

BeforeDiscovery { $noEtcd = -not $env:CLUSTERHEAL_TEST_ENDPOINT }

Describe 'A sample' -Skip:$noEtcd {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
        $formerConfig = $env:XDG_CONFIG_HOME
        $env:XDG_CONFIG_HOME = Join-Path $TestDrive 'config'
        $env:KUBECONFIG = Join-Path $TestDrive 'no-such-kubeconfig'
        $connection = @{
            Endpoint = $env:CLUSTERHEAL_TEST_ENDPOINT
            CaFile   = $env:CLUSTERHEAL_TEST_CA
            CertFile = $env:CLUSTERHEAL_TEST_CERT
            KeyFile  = $env:CLUSTERHEAL_TEST_KEY
        }
        $given = $connection.GetEnumerator().ForEach{ "-$($_.Key)", $_.Value }
        $empty = (New-Item -ItemType Directory (Join-Path $TestDrive 'empty')).FullName
        $unrehearsed = (New-Item -ItemType Directory (Join-Path $TestDrive 'unrehearsed')).FullName
        $null = Save-EtcdSnapshot @connection -Path (Join-Path $unrehearsed 'etcd.db')
        $null = Connect-Cluster @connection -ClusterName nightly -Save nightly
    }

    AfterAll {
        if ($connection) {
            $env:XDG_CONFIG_HOME = $formerConfig
            $env:KUBECONFIG = $null
            Disconnect-Cluster
        }
    }

    It 'ends with <Code> if the cluster <Case>, and logs each step as JSON' -ForEach @(
        @{ Case = 'is well'; Code = 0; More = '-Area', 'Etcd'; Verdict = 'ok' }
        @{ Case = 'warns'; Code = 2; More = '-Area', 'Etcd,Backups', '-BackupPath', 'unrehearsed'; Verdict = 'warning' }
        @{ Case = 'fails'; Code = 1; More = '-Area', 'Etcd,Backups', '-BackupPath', 'empty'; Verdict = 'failed' }
        @{ Case = 'cannot be seen as asked'; Code = 1; More = '-Area', 'Nodes'; Verdict = 'failed' }
    ) {
        $reports = "$TestDrive/$Code.xml,$TestDrive/$Code.html,$TestDrive/$Code.json"
        $more = $More.ForEach{ $_ -in 'empty', 'unrehearsed' ? (Join-Path $TestDrive $_) : $_ }
        $run = Invoke-PwshFile "$Repository/docs/samples/Test-Health.ps1" (@($given) + $more + '-ReportPath', $reports)
        $run.ExitCode | Should -Be $Code -Because "$($run.Output) $($run.Errors)"
        $lines = @($run.Output | ConvertFrom-Json)
        $lines[0].step, $lines[0].status | Should -Be 'connect', 'ok'
        $lines[-1].step, $lines[-1].status | Should -Be 'verdict', $Verdict
        @($lines.Where{ $_.step -eq 'check' }).Count | Should -Be ($lines[-1].failed + $lines[-1].warnings)
        $lines.Where{ $_.step -eq 'check' }.todo | Should -Not -Contain ''
        $suite = ([xml] (Get-Content -Raw "$TestDrive/$Code.xml")).testsuites.testsuite
        ($suite | Measure-Object -Sum failures).Sum | Should -Be ($Case -eq 'fails' ? 1 : 0)
        (Get-Content -Raw "$TestDrive/$Code.json" | ConvertFrom-Json).title | Should -Be 'Health'
        Get-Content -Raw "$TestDrive/$Code.html" | Should -BeLike '<!DOCTYPE html*'
    }

    It 'tells Azure DevOps of what is not well' {
        $env:TF_BUILD = 'True'
        try { $run = Invoke-PwshFile "$Repository/docs/samples/Test-Health.ps1" (@($given) + '-Area', 'Backups', '-BackupPath', $empty, '-ReportPath', "$TestDrive/a.xml") }
        finally { $env:TF_BUILD = $null }
        $issues = $run.Output | Where-Object { $_ -like '##vso*' }
        $issues[0] | Should -BeLike '##vso?task.logissue type=error?BackupAge *'
        $issues[1] | Should -BeLike '##vso?task.logissue type=warning?RehearsalAge *'
    }

    It 'says why it could not begin' {
        $run = Invoke-PwshFile "$Repository/docs/samples/Test-Health.ps1" '-Connection', 'nosuch', '-ReportPath', "$TestDrive/b.xml"
        $run.ExitCode | Should -Be 1
        $line = $run.Output | ConvertFrom-Json
        $line.errorId | Should -BeLike 'SavedConnectionNotUsable*'
        $line.status | Should -Be 'failed'
        $line.todo | Should -Not -BeNullOrEmpty
    }

    It 'saves and proves a backup by a saved connection' {
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive 'kept')).FullName
        $run = Invoke-PwshFile "$Repository/docs/samples/Backup-Etcd.ps1" '-Connection', 'nightly', '-Directory', $folder
        $run.ExitCode | Should -Be 0 -Because "$($run.Output) $($run.Errors)"
        $lines = @($run.Output | ConvertFrom-Json)
        $lines[0].step, $lines[0].status, $lines[0].from | Should -Be 'save', 'ok', 'nightly'
        Test-EtcdSnapshot $lines[0].path -Quiet | Should -BeTrue
        $lines.Where{ $_.step -eq 'test' }.check | Should -Contain 'Restore'
        $lines.status | Sort-Object -Unique | Should -Be 'ok'
    }

    It 'ends with 1 if no backup could be saved' {
        $run = Invoke-PwshFile "$Repository/docs/samples/Backup-Etcd.ps1" '-Connection', 'nosuch', '-Directory', "$TestDrive"
        $run.ExitCode | Should -Be 1
        ($run.Output | ConvertFrom-Json).errorId | Should -BeLike 'SavedConnectionNotUsable*'
    }
}
