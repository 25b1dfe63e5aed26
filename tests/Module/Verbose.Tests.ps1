# -Verbose says what every cmdlet does, and nothing secret. No host and no server answers here: what failed is said too.

BeforeDiscovery {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $ModuleFile -Force
    $commands = (Get-Command -Module ClusterHeal).ForEach{ @{ Command = $_.Name } }
}

Describe '-Verbose' {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
        $word = 'S3cret-w0rd'
        $secret = [pscredential]::new('alice', (ConvertTo-SecureString $word -AsPlainText -Force))
        $kubeconfig = Join-Path $TestDrive 'kubeconfig'
        Set-Content $kubeconfig "apiVersion: v1`nkind: Config`ncurrent-context: c`ncontexts: [{name: c, context: {cluster: k, user: u}}]`nclusters: [{name: k, cluster: {server: 'http://127.0.0.1:1'}}]`nusers: [{name: u, user: {token: '$word'}}]"
        Copy-Item "$Repository/tests/Fixtures/etcd/snap.db" "$TestDrive/good.db"

        # What each cmdlet needs besides, to get as far as it can without a server.
        $needs = @{
            'Connect-Cluster' = @{ Kubeconfig = $kubeconfig }
            'Get-EtcdMember' = @{ Endpoint = '127.0.0.1:1' }
            'Save-EtcdSnapshot' = @{ Endpoint = '127.0.0.1:1'; Path = "$TestDrive/new.db" }
            'Test-EtcdSnapshot' = @{ Path = "$TestDrive/good.db" }
            'Get-EtcdSnapshot' = @{ Path = "$TestDrive/good.db" }
            'Get-EtcdSnapshotObject' = @{ Path = "$TestDrive/good.db" }
            'Compare-EtcdSnapshot' = @{ Path = "$TestDrive/good.db"; DifferencePath = "$TestDrive/good.db" }
            'Export-ClusterReport' = @{ Path = "$TestDrive/report.html"; InputObject = Test-EtcdSnapshot "$TestDrive/good.db" }
            'Export-EtcdSnapshotObject' = @{ Destination = "$TestDrive/out" }
            'Get-EtcdConfiguration' = @{ HostName = '127.0.0.1' }
            'Restore-EtcdSnapshot' = @{ Path = "$TestDrive/good.db"; DataDirectory = "$TestDrive/data" }
            'Wait-NodeStatus' = @{ NodeName = 'a'; TimeoutSec = 1 }
            'Invoke-FailureDrill' = @{ Name = 'Scheduler'; HostName = '127.0.0.1' }
            'Undo-FailureDrill' = @{ HostName = '127.0.0.1' }
            'Undo-EtcdRestore' = @{ HostName = '127.0.0.1' }
            'Undo-EtcdMemberRepair' = @{ HostName = '127.0.0.1' }
            'Update-ControlPlaneCertificate' = @{ HostName = '127.0.0.1' }
            'Repair-EtcdMember' = @{ HostName = '127.0.0.1' }
            'Get-ClusterOperation' = @{ HostName = '127.0.0.1' }
            'Move-EtcdLeader' = @{ Endpoint = '127.0.0.1:1' }
            'Optimize-EtcdMember' = @{ Endpoint = '127.0.0.1:1' }
            'Clear-EtcdAlarm' = @{ Endpoint = '127.0.0.1:1' }
            'Restore-ClusterObject' = @{ Path = "$TestDrive/good.db"; All = $true }
        }
    }

    It 'of <Command> says the time, the calls that it made, and no secret' -ForEach $commands {
        $parameters = (Get-Command $Command).Parameters
        $with = if ($needs[$Command]) { $needs[$Command].Clone() } else { @{} }
        if ($parameters['NodeName'] -and -not $with.NodeName) { $with.NodeName = 'a' }
        if ($Command -eq 'Export-EtcdSnapshotObject') { $with.InputObject = Get-EtcdSnapshotObject "$TestDrive/good.db" | Select-Object -First 1 }
        if ($Command -like '*Component') { $with.HostName = '127.0.0.1' }
        if ($Command -match '^(Stop|Start|Restart)-ControlPlane') { $with.Component = 'Etcd' }
        if ($Command -match '^(Stop|Start|Restart)-Node') { $with.Component = 'Kubelet' }
        if ($parameters['Kubeconfig'] -and $Command -ne 'Export-EtcdSnapshotObject') { $with.Kubeconfig = $kubeconfig }
        if ($parameters['Port']) { $with.Port = 1; $with.SshCredential = $with.SudoCredential = $secret; $with.SshTransport = 'SshNet' }
        if ($parameters['Credential']) { $with.Credential = $secret }
        if ($parameters['WhatIf']) { $with.WhatIf = $true }
        $said = @(& $Command @with -Verbose -ErrorAction SilentlyContinue -WarningAction SilentlyContinue 4>&1).Where{ $_ -is [Management.Automation.VerboseRecord] } -join "`n"
        if ($Command -notmatch '^(Get-ClusterConnection|Disconnect-Cluster)$') { $said | Should -Match "$Command took \d+\.\d+ s\." }
        if ($with.Port -and $Command -notin 'Connect-Cluster', 'Restore-EtcdSnapshot', 'Get-EtcdMember', 'Save-EtcdSnapshot', 'Test-EtcdSnapshot', 'Compare-EtcdSnapshot') { $said | Should -Match '127\.0\.0\.1:?\d*: .+ ms|127\.0\.0\.1.* is reached by SshNet' }
        if ($Command -in 'Get-EtcdSnapshot', 'Test-EtcdSnapshot', 'Get-EtcdSnapshotObject') { $said | Should -Match 'good\.db: read, \d+\.\d ms' }
        if ($Command -in 'Get-EtcdMember', 'Save-EtcdSnapshot') { $said | Should -Match '127\.0\.0\.1:1: \w+/\w+, failed after \d+\.\d ms \(\w+\)' }
        if ($Command -in 'Get-NodeStatus', 'Get-PodPlacement') { $said | Should -Match 'http://127\.0\.0\.1:1: .+, failed after \d+\.\d ms \(\w+\)' }
        $said | Should -Not -Match $word
    }
}
