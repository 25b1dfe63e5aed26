# Repair-Cluster and Get-ClusterOperation in a real pwsh: what they do without a cluster, Tab, and that each command line that is proposed binds.

Describe 'The list of operations' {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
        $state = $env:XDG_STATE_HOME
        $env:XDG_STATE_HOME = "$TestDrive"
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive 'clusterheal')
        $line = '{{"time":"2026-11-22T10:00:0{0}Z","operationId":"{1}","operation":"{2}","operator":"ann@jump","hostName":"kubem00","step":"stop etcd.service"}}'
        @(
            $line -f 1, '20261122T100001Z-aaaaaa', 'Invoke-FailureDrill'
            $line -f 2, '20261122T100002Z-bbbbbb', 'Restore-EtcdSnapshot'
            $line -f 3, '20261122T100003Z-cccccc', 'Repair-EtcdMember'
            $line -f 4, '20261122T100004Z-dddddd', 'Restore-EtcdSnapshot'
        ) | Set-Content (Join-Path $folder 'journal.jsonl')
        function Complete([string] $line) { (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText }
    }

    AfterAll { $env:XDG_STATE_HOME = $state }

    It 'is that of this machine if there is no host' -Skip:$IsWindows {
        $found = Get-ClusterOperation
        $found.Kind | Should -Be 'Drill', 'Restore', 'MemberRepair', 'Restore'
        $found.State | Sort-Object -Unique | Should -Be 'Unknown'
        $found[0].Operator | Should -Be 'ann@jump'
        $found | Format-Table | Out-String -Width 200 | Should -BeLike '*20261122T100001Z-aaaaaa*Drill*Unknown*ann@jump*kubem00*'
    }

    It 'completes the ids for <Cmdlet>, the last one first' -Skip:$IsWindows -ForEach @(
        @{ Cmdlet = 'Undo-FailureDrill'; Ids = , '20261122T100001Z-aaaaaa' }
        @{ Cmdlet = 'Undo-EtcdMemberRepair'; Ids = , '20261122T100003Z-cccccc' }
        @{ Cmdlet = 'Undo-EtcdRestore'; Ids = '20261122T100004Z-dddddd', '20261122T100002Z-bbbbbb' }
    ) {
        Complete "$Cmdlet -OperationId " | Should -Be $Ids
        Complete "$Cmdlet -OperationId 2026112" | Should -Be $Ids
        Complete "$Cmdlet -OperationId x" | Should -BeNullOrEmpty
    }

    It 'tells of a damaged journal, and lists the rest' -Skip:$IsWindows {
        Add-Content (Join-Path $folder 'journal.jsonl') '{"half'
        $found = Get-ClusterOperation -ErrorVariable problem -ErrorAction SilentlyContinue
        $found.Count | Should -Be 4
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'OperationRecordUnreadable*'
    }
}

Describe 'The repair of a cluster' {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
    }

    It 'does nothing if nothing comes through the pipeline' {
        @() | Where-Object Status -EQ Fail | Repair-Cluster -Force -ErrorVariable problem | Should -BeNullOrEmpty
        $problem | Should -BeNullOrEmpty
    }

    It 'is proposed by command lines that bind: <_>' -ForEach @(
        "Start-ControlPlaneComponent -HostName kubem00, '10.0.0.2' -Component Etcd"
        'Start-NodeComponent -HostName kubew01 -Component Kubelet'
        'Restart-ControlPlaneComponent -HostName kubem00 -Component ApiServer'
        'Repair-EtcdMember -HostName kubem02'
        'Repair-EtcdMember -Name kubem02'
        "Repair-EtcdMember -Id '8211f1d0f64f3269'"
        "Undo-EtcdMemberRepair -OperationId '20261122T100003Z-cccccc' -HostName kubem00, kubem01, kubem02"
        "Undo-FailureDrill -OperationId '20261122T100001Z-aaaaaa' -HostName kubem00, kubem01, kubem02"
        "Undo-EtcdRestore -HostName kubem00, kubem01, kubem02 -OperationId '20261122T100002Z-bbbbbb'"
        "Restore-EtcdSnapshot -Path '/backup/etcd.db' -HostName kubem00, kubem01, kubem02"
        'Resume-NodeScheduling -NodeName kubew01'
        'Repair-Cluster -NodeIsOff kubew01'
        "Save-EtcdSnapshot -Directory '/backup'"
        "Test-EtcdSnapshot -Rehearse -LiteralPath '/backup/etcd.db'"
    ) {
        $command = [Management.Automation.Language.Parser]::ParseInput($_, [ref] $null, [ref] $null).Find({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)
        $bound = [Management.Automation.Language.StaticParameterBinder]::BindCommand($command)
        $bound.BindingExceptions.Values | ForEach-Object { $_.BindingException.Message } | Should -BeNullOrEmpty
        $bound.BoundParameters.Count | Should -BeGreaterThan 0
        $sets = (Get-Command ($_ -split ' ')[0]).ParameterSets.Where{
            $set = $_
            -not $bound.BoundParameters.Keys.Where{ $_ -notin $set.Parameters.Name } -and
            -not $set.Parameters.Where{ $_.IsMandatory -and $_.Name -notin $bound.BoundParameters.Keys }
        }
        $sets | Should -Not -BeNullOrEmpty -Because 'a parameter set takes all of it, and asks for no more'
    }

    It 'refuses a report that nobody could write, before it looks at anything' {
        $env:KUBECONFIG = Join-Path $TestDrive 'no-such-kubeconfig'
        try {
            { Repair-Cluster -HostName kubem00 -ReportPath (Join-Path $TestDrive 'x.pdf') -ErrorAction Stop } | Should -Throw -ErrorId 'ReportFormatUnknown*'
        }
        finally { $env:KUBECONFIG = $null }
    }
}
