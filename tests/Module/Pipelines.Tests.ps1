# What binds to what in a pipeline: each output, each cmdlet that people pipe it into, and what the binder made of it. Nothing answers where
# these hosts and files are, so only the binding is seen.

BeforeDiscovery {
    # From: an output, with what the others go by. To: the cmdlet with what it needs besides. Binds: parameters and what they are bound to.
    $file = @{ Path = Join-Path ([IO.Path]::GetTempPath()) 'clusterheal-none.html' }
    $pairs = foreach ($pair in @(
            @{ From = 'NodeStatus'; To = 'Get-PodPlacement'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'NodeStatus'; To = 'Get-NodeStatus'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'NodeStatus'; To = 'Wait-NodeStatus'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'NodeStatus'; To = 'Suspend-NodeScheduling'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'NodeStatus'; To = 'Resume-NodeScheduling'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'NodeStatus'; To = 'Get-NodeDrainPlan'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'NodeStatus'; To = 'Invoke-NodeDrain'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'NodeStatus'; To = 'Get-NodeComponent'; Binds = @{ HostName = 'kubew01' } }
            @{ From = 'NodeStatus'; To = 'Get-ControlPlaneComponent'; Binds = @{ HostName = 'kubew01' } }
            @{ From = 'NodeStatus'; To = 'Start-NodeComponent'; With = @{ Component = 'kubelet' }; Binds = @{ HostName = 'kubew01' } }
            @{ From = 'NodeStatus'; To = 'Stop-NodeComponent'; With = @{ Component = 'containerd' }; Binds = @{ HostName = 'kubew01' } }
            @{ From = 'NodeStatus'; To = 'Restart-NodeComponent'; With = @{ Component = 'Kubelet' }; Binds = @{ HostName = 'kubew01' } }
            @{ From = 'NodeStatus'; To = 'Get-EtcdConfiguration'; Binds = @{ HostName = 'kubew01' } }
            @{ From = 'PodPlacement'; To = 'Get-NodeStatus'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'PodPlacement'; To = 'Invoke-NodeDrain'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'PodPlacement'; To = 'Get-NodeComponent'; Binds = @{ HostName = 'kubew01' } }
            @{ From = 'NodeDrainPlan'; To = 'Invoke-NodeDrain'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'NodeDrainPlan'; To = 'Get-PodPlacement'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'NodeDrainResult'; To = 'Resume-NodeScheduling'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'NodeDrainResult'; To = 'Wait-NodeStatus'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'NodeDrainResult'; To = 'Get-NodeStatus'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'ComponentStatus'; To = 'Start-ControlPlaneComponent'; Binds = @{ HostName = 'kubem00'; Component = 'ApiServer' } }
            @{ From = 'ComponentStatus'; To = 'Stop-ControlPlaneComponent'; Binds = @{ HostName = 'kubem00'; Component = 'ApiServer' } }
            @{ From = 'ComponentStatus'; To = 'Restart-ControlPlaneComponent'; Binds = @{ HostName = 'kubem00'; Component = 'ApiServer' } }
            @{ From = 'ComponentStatus'; To = 'Get-NodeComponent'; Binds = @{ HostName = 'kubem00' } }
            @{ From = 'ComponentStatus'; To = 'Get-EtcdConfiguration'; Binds = @{ HostName = 'kubem00' } }
            @{ From = 'ComponentStatus'; To = 'Get-EtcdMember'; Binds = @{ HostName = 'kubem00' } }
            @{ From = 'EtcdMember'; To = 'Start-ControlPlaneComponent'; With = @{ Component = 'etcd' }; Binds = @{ HostName = '10.99.0.12' } }
            @{ From = 'EtcdMember'; To = 'Stop-ControlPlaneComponent'; With = @{ Component = 'etcd' }; Binds = @{ HostName = '10.99.0.12' } }
            @{ From = 'EtcdMember'; To = 'Restart-ControlPlaneComponent'; With = @{ Component = 'etcd' }; Binds = @{ HostName = '10.99.0.12' } }
            @{ From = 'EtcdMember'; To = 'Get-ControlPlaneComponent'; Binds = @{ HostName = '10.99.0.12' } }
            @{ From = 'EtcdMember'; To = 'Repair-EtcdMember'; Binds = @{ Name = 'infra1'; Id = 'abc' } }
            @{ From = 'EtcdMember'; To = 'Get-EtcdMember'; Binds = @{ Endpoint = 'http://127.0.0.1:1'; HostName = 'kubem00' } }
            @{ From = 'EtcdMember'; To = 'Save-EtcdSnapshot'; With = @{ Path = '/nowhere/x.db' }; Binds = @{ Endpoint = 'http://127.0.0.1:1' } }
            @{ From = 'EtcdConfiguration'; To = 'Get-EtcdMember'; Binds = @{ Endpoint = 'http://127.0.0.1:1' } }
            @{ From = 'EtcdConfiguration'; To = 'Save-EtcdSnapshot'; With = @{ Path = '/nowhere/x.db' }; Binds = @{ Endpoint = 'http://127.0.0.1:1'; Configuration = '*' } }
            @{ From = 'CheckOfHost'; To = 'Start-ControlPlaneComponent'; Binds = @{ HostName = 'kubem00'; Component = 'Scheduler' } }
            @{ From = 'CheckOfHost'; To = 'Stop-ControlPlaneComponent'; Binds = @{ HostName = 'kubem00'; Component = 'Scheduler' } }
            @{ From = 'CheckOfHost'; To = 'Restart-ControlPlaneComponent'; Binds = @{ HostName = 'kubem00'; Component = 'Scheduler' } }
            @{ From = 'CheckOfHost'; To = 'Get-ControlPlaneComponent'; Binds = @{ HostName = 'kubem00' } }
            @{ From = 'CheckOfNode'; To = 'Get-NodeStatus'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'CheckOfNode'; To = 'Resume-NodeScheduling'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'CheckOfNode'; To = 'Get-NodeComponent'; Binds = @{ HostName = 'kubew01' } }
            @{ From = 'CheckOfNode'; To = 'Start-NodeComponent'; With = @{ Component = 'Kubelet' }; Binds = @{ HostName = 'kubew01' } }
            @{ From = 'EtcdSnapshot'; To = 'Get-EtcdSnapshot'; Binds = @{ InputObject = '*' } }
            @{ From = 'EtcdSnapshot'; To = 'Test-EtcdSnapshot'; Binds = @{ InputObject = '*' } }
            @{ From = 'EtcdSnapshot'; To = 'Get-EtcdSnapshotObject'; Binds = @{ InputObject = '*' } }
            @{ From = 'EtcdSnapshot'; To = 'Compare-EtcdSnapshot'; With = @{ DifferencePath = '/nowhere/y.db' }; Binds = @{ Path = '/nowhere/prod.db' } }
            @{ From = 'EtcdSnapshot'; To = 'Restore-EtcdSnapshot'; With = @{ HostName = 'kubem00' }; Binds = @{ Path = '/nowhere/prod.db' } }
            @{ From = 'FileInfo'; To = 'Get-EtcdSnapshot'; Binds = @{ InputObject = '*' } }
            @{ From = 'FileInfo'; To = 'Test-EtcdSnapshot'; Binds = @{ InputObject = '*' } }
            @{ From = 'FileInfo'; To = 'Restore-EtcdSnapshot'; With = @{ HostName = 'kubem00' }; Binds = @{ Path = '/nowhere/prod.db' } }
            @{ From = 'FileInfo'; To = 'Compare-EtcdSnapshot'; With = @{ DifferencePath = '/nowhere/y.db' }; Binds = @{ Path = '/nowhere/prod.db' } }
            @{ From = 'FileInfo'; To = 'Get-EtcdConfiguration'; Binds = @{ InputObject = '*' } }
            @{ From = 'ClusterRestoreReport'; To = 'Undo-EtcdRestore'; Binds = @{ HostName = 'kubem00'; OperationId = 'op'; ClusterName = 'prod' } }
            @{ From = 'MemberRepairReport'; To = 'Undo-EtcdMemberRepair'; With = @{ HostName = 'kubem00' }; Binds = @{ OperationId = 'op' } }
            @{ From = 'DrillReport'; To = 'Undo-FailureDrill'; Binds = @{ OperationId = 'op' } }
            @{ From = 'FailureDrill'; To = 'Invoke-FailureDrill'; Binds = @{ Name = 'ApiServer' } }
            @{ From = 'FailureDrill'; To = 'Get-FailureDrill'; Binds = @{ Name = 'ApiServer' } }
            @{ From = 'CheckOfHost'; To = 'Export-ClusterReport'; With = $file; Binds = @{ InputObject = '*' } }
            @{ From = 'NodeDrainResult'; To = 'Export-ClusterReport'; With = $file; Binds = @{ InputObject = '*' } }
            @{ From = 'DrillReport'; To = 'Export-ClusterReport'; With = $file; Binds = @{ InputObject = '*' } }
            @{ From = 'ClusterRestoreReport'; To = 'Export-ClusterReport'; With = $file; Binds = @{ InputObject = '*' } }
            @{ From = 'MemberRepairReport'; To = 'Export-ClusterReport'; With = $file; Binds = @{ InputObject = '*' } }
            @{ From = 'Computer'; To = 'Get-NodeComponent'; Binds = @{ HostName = 'kubew01' } }
            @{ From = 'Computer'; To = 'Stop-NodeComponent'; With = @{ Component = 'Kubelet' }; Binds = @{ HostName = 'kubew01' } }
            @{ From = 'Text'; To = 'Get-NodeComponent'; Binds = @{ HostName = 'kubew01' } }
            @{ From = 'Text'; To = 'Get-PodPlacement'; Binds = @{ NodeName = 'kubew01' } }
            @{ From = 'Text'; To = 'Invoke-NodeDrain'; Binds = @{ NodeName = 'kubew01' } })) { $pair }
    . "$PSScriptRoot/Common.ps1"
    Import-Module $ModuleFile -Force
    $connected = (Get-Command -Module ClusterHeal).Where{ $_.Parameters.Keys -contains 'Cluster' }.ForEach{ @{ Command = $_.Name } }
}

Describe 'A pipeline' {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        . "$PSScriptRoot/Samples.ps1"
        Import-Module $ModuleFile, $ProbeFile -Force

        function New-Result([string] $Type, [hashtable] $Property) {
            $made = [Runtime.CompilerServices.RuntimeHelpers]::GetUninitializedObject([ClusterHeal.CheckResult].Assembly.GetType("ClusterHeal.$Type", $true))
            foreach ($name in $Property.Keys) {
                $to = $made.GetType().GetProperty($name).PropertyType
                $value = $Property[$name]
                if ($to.Name -eq 'ItemCollection`1') { $value = [Activator]::CreateInstance($to, (, [string[]] $value)) }
                if ($value -is [string]) { $value = $value -as ([Nullable]::GetUnderlyingType($to) ?? $to) }
                Set-SampleProperty $made $name $value
            }
            $made
        }

        $login = New-Result HostConnection @{ HostName = 'kubem00' }
        $outputs = @{
            NodeStatus           = New-Result NodeStatus @{ NodeName = 'kubew01'; Status = 'Ready'; ClusterName = 'prod' }
            PodPlacement         = New-Result PodPlacement @{ Namespace = 'default'; PodName = 'web'; NodeName = 'kubew01'; Status = 'Running'; Uid = 'u' }
            NodeDrainPlan        = New-Result NodeDrainPlan @{ NodeName = 'kubew01' }
            NodeDrainResult      = New-Result NodeDrainResult @{ NodeName = 'kubew01' }
            ComponentStatus      = New-Result ComponentStatus @{ HostName = 'kubem00'; Component = 'ApiServer'; State = 'Running' }
            EtcdMember           = New-Result EtcdMember @{ Name = 'infra1'; Id = 'abc'; PeerUrls = 'http://10.99.0.12:2380'; ClientUrls = 'http://127.0.0.1:1'; Endpoint = 'http://127.0.0.1:1'; HostName = 'kubem00'; Alarms = @() }
            EtcdConfiguration    = New-Result EtcdConfiguration @{ Endpoint = 'http://127.0.0.1:1' }
            CheckOfHost          = New-Result CheckResult @{ Name = 'HostComponents'; Area = 'ControlPlane'; Target = 'Scheduler on kubem00'; Status = 'Fail'; Message = 'x'; HostName = 'kubem00'; Component = 'Scheduler' }
            CheckOfNode          = New-Result CheckResult @{ Name = 'NodeCordon'; Area = 'Nodes'; Target = 'kubew01'; Status = 'Warning'; Message = 'x'; NodeName = 'kubew01'; HostName = 'kubew01' }
            CheckOfCluster       = New-Result CheckResult @{ Name = 'EtcdQuorum'; Area = 'Etcd'; Target = 'prod'; Status = 'Fail'; Message = 'x' }
            EtcdSnapshot         = New-Result EtcdSnapshot @{ Path = '/nowhere/prod.db' }
            FileInfo             = [IO.FileInfo] '/nowhere/prod.db'
            ClusterRestoreReport = New-Result ClusterRestoreReport @{ HostName = 'kubem00'; OperationId = 'op'; ClusterName = 'prod' }
            MemberRepairReport   = New-Result MemberRepairReport @{ OperationId = 'op'; ClusterName = 'prod' }
            DrillReport          = New-Result DrillReport @{ OperationId = 'op' }
            FailureDrill         = (Get-FailureDrill)[0]
            Computer             = [pscustomobject]@{ ComputerName = 'kubew01' }
            Text                 = 'kubew01'
        }

        # Nothing is reached: no such kubeconfig, no such key to log in with, no such file.
        function Watch-Binding([object] $From, [string] $Command, [hashtable] $With = @{}) {
            $parameters = (Get-Command $Command).Parameters.Keys
            $also = @{ WarningAction = 'SilentlyContinue' }
            if ('WhatIf' -in $parameters) { $also.WhatIf = $true }
            if ('Kubeconfig' -in $parameters) { $also.Kubeconfig = "$TestDrive/none" }
            if ('KeyFilePath' -in $parameters) { $also.KeyFilePath = "$TestDrive/none" }
            if ($Command -eq 'Wait-NodeStatus') { $also.TimeoutSec = 1 }
            $trace = Join-Path $TestDrive 'trace.txt'
            Remove-Item $trace -ErrorAction Ignore
            $said = try { Trace-Command ParameterBinding { $From | & $Command @With @also 2>&1 } -FilePath $trace } catch { $_ }
            $problem = @($said).Where{ $_ -is [Management.Automation.ErrorRecord] }
            $lines = @(Get-Content $trace) -replace '^.*?Information: 0 :\s*'
            $begin = [array]::FindIndex([string[]] $lines, [Predicate[string]] { $args[0] -match "BIND PIPELINE object to parameters: \[$Command\]" })
            if ($begin -lt 0) { return @{ Failed = $problem } }
            $bound = @{ Failed = $problem.Where{ $_.CategoryInfo.Reason -like 'ParameterBinding*' } }
            $value = ''
            foreach ($line in $lines[$begin..($lines.Count - 1)]) {
                if ($line -match '^BIND PIPELINE' -and $line -notlike "*``[$Command``]*") { break }
                if ($line -match '^BIND arg \[(.*)\] to parameter \[\w+\]$') { $value = $Matches[1] }
                elseif ($line -match '^result returned from DATA GENERATION: (.*)') { $value = $Matches[1] }
                elseif ($line -match '^BIND arg \[.*\] to param \[(\w+)\] SUCCESSFUL') { $bound[$Matches[1]] = $value }
            }
            $bound
        }
    }

    It 'of <From> into <To> binds' -ForEach $pairs {
        $bound = Watch-Binding $outputs[$From] $To $(if ($With) { $With } else { @{} })
        $bound.Failed | Should -BeNullOrEmpty
        foreach ($name in $Binds.Keys) { $bound[$name] | Should -BeLike $Binds[$name] -Because "-$name of $To" }
    }

    It 'takes no result for a name: <From> into <To> is refused' -ForEach @(
        @{ From = 'CheckOfCluster'; To = 'Stop-ControlPlaneComponent'; With = @{ Component = 'Etcd' } }
        @{ From = 'CheckOfCluster'; To = 'Invoke-NodeDrain' }
        @{ From = 'CheckOfHost'; To = 'Invoke-NodeDrain' }
        @{ From = 'ComponentStatus'; To = 'Invoke-NodeDrain' }
        @{ From = 'EtcdSnapshot'; To = 'Get-NodeStatus' }
        @{ From = 'FailureDrill'; To = 'Get-NodeComponent' }
    ) {
        $bound = Watch-Binding $outputs[$From] $To $(if ($With) { $With } else { @{} })
        $bound.Failed | Should -Not -BeNullOrEmpty
        $bound.Keys | Should -Not -Contain 'HostName'
        $bound.Keys | Should -Not -Contain 'NodeName'
    }

    It 'that brings nothing does nothing: <_>' -ForEach 'Invoke-NodeDrain', 'Suspend-NodeScheduling', 'Resume-NodeScheduling', 'Get-NodeDrainPlan', 'Get-PodPlacement', 'Get-NodeStatus' {
        $options = @{ Kubeconfig = "$TestDrive/none" }
        if ('Force' -in (Get-Command $_).Parameters.Keys) { $options.Force = $true }
        @() | & $_ @options -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem | Should -BeNullOrEmpty -Because 'not even the kubeconfig, which is not there, is asked for'
    }

    It 'of the connection binds -Cluster of <Command>' -ForEach $connected {
        (Get-Command $Command).Parameters['Cluster'].ParameterType | Should -Be ([ClusterHeal.ClusterConnection])
        (Get-Command $Command).Parameters['Cluster'].ParameterSets.Values.ValueFromPipeline | Should -Contain $true
    }

    It 'of the connection disconnects it, and no other' {
        $key = Join-Path $TestDrive 'kubeconfig'
        Set-Content $key "apiVersion: v1`nkind: Config`ncurrent-context: c`ncontexts: [{name: c, context: {cluster: k, user: u}}]`nclusters: [{name: k, cluster: {server: 'http://127.0.0.1:1'}}]`nusers: [{name: u, user: {}}]"
        $made = [ClusterHeal.ClusterConnection] (New-Result ClusterConnection @{ ClusterName = 'other' })
        $made | Disconnect-Cluster -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'NotConnected,*'
        "$problem" | Should -BeLike "*not connected to 'other'*connected to nothing*"
    }
}
