# What people get wrong, and what they are told: an id that scripts can tell apart, the category, the target, and what to do next; and nothing
# was touched. No host and no server is behind these names.

BeforeDiscovery {
    # Advice is part of the recommended action; of what PowerShell itself refuses, part of the message.
    $mistakes = @(
        @{ Do = 'Stop-ControlPlaneComponent kubem00 kube-proxy'; Id = 'ParameterArgumentTransformationError'; Category = 'InvalidData'; Target = ''; Advice = 'These can: ApiServer (kube-apiserver), Scheduler (kube-sched' }
        @{ Do = 'Stop-ControlPlaneComponent kubem00 Etcd -For soon'; Id = 'ParameterArgumentTransformationError'; Category = 'InvalidData'; Target = ''; Advice = 'Write 90s, 5min, 1h30m, 1d' }
        @{ Do = 'Stop-NodeComponent kubew01 Scheduler'; Id = 'ParameterArgumentTransformationError'; Category = 'InvalidData'; Target = ''; Advice = 'These can: Kubelet, ContainerRuntime (containerd, crio, dock' }
        @{ Do = 'Stop-ControlPlaneComponent root@kubem00 Etcd -WhatIf'; Id = 'HostNameInvalid'; Category = 'InvalidArgument'; Target = 'root@kubem00'; Advice = 'Give the name, the address, or the alias of your ssh_config, without a' }
        @{ Do = 'Stop-ControlPlaneComponent kubem00.invalid Etcd -Force'; Id = 'SshUnreachable'; Category = 'ConnectionError'; Target = 'kubem00.invalid'; Advice = 'Check the name, the DNS and the route to it' }
        @{ Do = 'Stop-ControlPlaneComponent kubem00 Etcd -KeyFilePath ./none -Force'; Id = 'SshKeyFileNotFound'; Category = 'ObjectNotFound'; Target = 'kubem00'; Advice = 'Check -KeyFilePath' }
        @{ Do = 'Stop-ControlPlaneComponent kubem00 Etcd -KeyFilePath ./key -Force'; Id = 'SshKeyFileInvalid'; Category = 'InvalidData'; Target = 'kubem00'; Advice = 'Give the private key with -KeyFilePath' }
        @{ Do = 'Get-NodeComponent ''-oProxyCommand=x'''; Id = 'HostNameInvalid'; Category = 'InvalidArgument'; Target = '-oProxyCommand=x'; Advice = 'Give the name, the address, or the alias of your ssh_config, without a' }
        @{ Do = 'Get-NodeComponent'; Id = 'NotConnected'; Category = 'InvalidOperation'; Target = ''; Advice = 'Name it with -HostName, or connect once with Connect-Cluster -HostName' }
        @{ Do = 'Get-NodeComponent kubew01 -Port 0'; Id = 'ParameterArgumentValidationError'; Category = 'InvalidData'; Target = ''; Advice = 'allowed range of 1' }
        @{ Do = 'Get-NodeComponent kubew01 -UserName bob -SshCredential $secret'; Id = 'SshUserAmbiguous'; Category = 'InvalidArgument'; Target = 'alice'; Advice = 'Give the same user in both, or -SshCredential alone' }
        @{ Do = 'Get-NodeComponent kubew01 -SshTransport SshNet -SshOption @{ ProxyJump = ''j'' }'; Id = 'SshTransportUnfit'; Category = 'InvalidArgument'; Target = 'kubew01'; Advice = 'Use -SshTransport OpenSsh, or leave that out' }
        @{ Do = 'Get-NodeComponent kubew01 -SshTransport Putty'; Id = 'CannotConvertArgumentNoMessage'; Category = 'InvalidArgument'; Target = ''; Advice = 'OpenSsh, SshNet"' }
        @{ Do = 'Get-NodeComponent kubew01 -SshConfigFile ./none'; Id = 'PathNotFound'; Category = 'ObjectNotFound'; Target = 'kubew01'; Advice = 'Name the file with -SshConfigFile' }
        @{ Do = 'Get-NodeComponent kubew01 -ThrottleLimit 0'; Id = 'ParameterArgumentValidationError'; Category = 'InvalidData'; Target = ''; Advice = 'allowed range of 1' }
        @{ Do = 'Get-NodeComponent '''''; Id = 'ParameterArgumentValidationError'; Category = 'InvalidData'; Target = ''; Advice = 'The argument is null, empty' }
        @{ Do = 'Test-ClusterHealth -BackupAge -5'; Id = 'ParameterArgumentTransformationError'; Category = 'InvalidData'; Target = ''; Advice = 'Write 90s, 5min, 1h30m, 1d' }
        @{ Do = 'Test-ClusterHealth Disks'; Id = 'CannotConvertArgumentNoMessage'; Category = 'InvalidArgument'; Target = ''; Advice = 'ApiServer, Etcd, ControlPlane, Nodes, Sy' }
        @{ Do = 'Test-ClusterHealth -Check EtcdHsh'; Id = 'HealthOptionsInvalid'; Category = 'InvalidArgument'; Target = ''; Advice = 'The checks are: ApiServerReady, EtcdMembers, EtcdQuorum, EtcdVoters, E' }
        @{ Do = 'Test-ClusterHealth -Wait -StableFor 20m'; Id = 'HealthOptionsInvalid'; Category = 'InvalidArgument'; Target = ''; Advice = 'Wait longer with -TimeoutSec, or ask for less with -StableFor' }
        @{ Do = 'Test-ClusterHealth -StableFor 1m'; Id = 'MissingMandatoryParameter'; Category = 'InvalidArgument'; Target = ''; Advice = 'mandatory parameters: Wait' }
        @{ Do = 'Test-ClusterHealth -ReportPath report.pdf'; Id = 'ReportFormatUnknown'; Category = 'InvalidArgument'; Target = '*/report.pdf'; Advice = 'End it in .html for a page to read, in .xml for JUnit results that ' }
        @{ Do = 'Test-ClusterHealth -CertificateDay soon'; Id = 'ParameterArgumentTransformationError'; Category = 'InvalidData'; Target = ''; Advice = 'Write 90s, 5min, 1h30m, 1d' }
        @{ Do = 'Test-ClusterHealth'; Id = 'KubeconfigNotFound'; Category = 'ObjectNotFound'; Target = '*/.kube/config'; Advice = 'Name it with -Kubeconfig, or set the variable KUBECONFIG' }
        @{ Do = 'Get-EtcdMember'; Id = 'NotConnected'; Category = 'InvalidOperation'; Target = ''; Advice = 'Name them with -Endpoint, or connect once: Connect-Cluster -Endpoint, ' }
        @{ Do = 'Get-EtcdMember -Endpoint ftp://a:1'; Id = 'EtcdEndpointInvalid'; Category = 'InvalidArgument'; Target = 'ftp://a:1'; Advice = 'Write it as 10.10.10.80:2379 or https://etcd1.example:2379; several ar' }
        @{ Do = 'Get-EtcdMember -Endpoint ''localhost:99999'''; Id = 'EtcdEndpointInvalid'; Category = 'InvalidArgument'; Target = 'localhost:99999'; Advice = 'Write it as 10.10.10.80:2379 or https://etcd1.example:2379; several ar' }
        @{ Do = 'Get-EtcdMember -Endpoint 127.0.0.1:1'; Id = 'ConnectionRefused'; Category = 'ConnectionError'; Target = 'http://127.0.0.1:1'; Advice = 'Check the port and that the server runs' }
        @{ Do = 'Get-EtcdMember -Endpoint nobody.invalid:2379'; Id = 'HostUnreachable'; Category = 'ConnectionError'; Target = 'http://nobody.invalid:2379'; Advice = 'Check the name, or use the IP address' }
        @{ Do = 'Get-EtcdMember -Endpoint 127.0.0.1:1 -CertFile ./key'; Id = 'CertificateFileInvalid'; Category = 'InvalidData'; Target = '*/key'; Advice = 'Name the file that has a line -----BEGIN CERTIFICATE-----' }
        @{ Do = 'Get-EtcdMember -Endpoint 127.0.0.1:1 -CaFile ./none'; Id = 'PathNotFound'; Category = 'ObjectNotFound'; Target = '*/none'; Advice = 'Check the path' }
        @{ Do = 'Get-EtcdMember -Endpoint 127.0.0.1:1 -CaFile ./key'; Id = 'CertificateFileInvalid'; Category = 'InvalidData'; Target = '*/key'; Advice = 'Name the file that has a line -----BEGIN CERTIFICATE-----' }
        @{ Do = 'Get-EtcdMember -Endpoint 127.0.0.1:1 -ApiVersion v4'; Id = 'ParameterArgumentValidationError'; Category = 'InvalidData'; Target = ''; Advice = 'belong to the set "v3,v2"' }
        @{ Do = 'Get-EtcdMember -Endpoint 127.0.0.1:1 -TimeoutSec 0'; Id = 'ParameterArgumentValidationError'; Category = 'InvalidData'; Target = ''; Advice = 'allowed range of 1' }
        @{ Do = 'Save-EtcdSnapshot -Path ./new.db'; Id = 'NotConnected'; Category = 'InvalidOperation'; Target = ''; Advice = 'Name them with -Endpoint, or connect once: Connect-Cluster -Endpoint, ' }
        @{ Do = 'Save-EtcdSnapshot -Path ./good.db -Endpoint 127.0.0.1:1'; Id = 'PathExists'; Category = 'ResourceExists'; Target = '*/good.db'; Advice = 'Use another name, or -Force to replace it' }
        @{ Do = 'Save-EtcdSnapshot -Path ./nowhere/new.db -Endpoint 127.0.0.1:1'; Id = 'PathNotFound'; Category = 'ObjectNotFound'; Target = '*/nowhere/new.db'; Advice = 'Make the folder, or mount its disk' }
        @{ Do = 'Save-EtcdSnapshot -Path ./full -Endpoint 127.0.0.1:1'; Id = 'PathNotSuitable'; Category = 'ObjectNotFound'; Target = '*/full'; Advice = 'Name a file, or use -Directory' }
        @{ Do = 'Save-EtcdSnapshot -Path ./new.db -Endpoint 127.0.0.1:1 -KeepLast 3'; Id = 'AmbiguousParameterSet'; Category = 'InvalidArgument'; Target = ''; Advice = 'cannot be used together' }
        @{ Do = 'Save-EtcdSnapshot -Path env:PATH -Endpoint 127.0.0.1:1'; Id = 'ParameterArgumentTransformationError'; Category = 'InvalidData'; Target = ''; Advice = 'not in the file system' }
        @{ Do = 'Get-EtcdSnapshot ./none.db'; Id = 'PathNotFound'; Category = 'ObjectNotFound'; Target = './none.db'; Advice = 'Look for the right name with Get-ChildItem' }
        @{ Do = 'Get-EtcdSnapshot ./text.db'; Id = 'SnapshotNotADatabase'; Category = 'InvalidData'; Target = '*/text.db'; Advice = 'Name a file that Save-EtcdSnapshot or etcdctl saved, uncompressed' }
        @{ Do = 'Get-EtcdSnapshot ./empty.db'; Id = 'SnapshotEmpty'; Category = 'InvalidData'; Target = '*/empty.db'; Advice = 'Take another copy of the snapshot, or save a new one with Save-EtcdSna' }
        @{ Do = 'Get-EtcdSnapshot ./full'; Id = 'PathNotSuitable'; Category = 'InvalidArgument'; Target = '*/full'; Advice = 'Name a file in it' }
        @{ Do = 'Get-EtcdSnapshot ./cut.db'; Id = 'SnapshotDamaged'; Category = 'InvalidData'; Target = '*/cut.db'; Advice = 'Test-EtcdSnapshot lists all problems' }
        @{ Do = 'Get-EtcdSnapshot ''none[1].db'''; Id = 'PathNotFound'; Category = 'ObjectNotFound'; Target = 'none`[1`].db'; Advice = 'Look for the right name with Get-ChildItem' }
        @{ Do = 'Get-EtcdSnapshot env:PATH'; Id = 'PathNotSuitable'; Category = 'InvalidArgument'; Target = 'env:PATH'; Advice = 'Name a file of a file system drive' }
        @{ Do = 'Test-EtcdSnapshot ./none.db'; Id = 'PathNotFound'; Category = 'ObjectNotFound'; Target = './none.db'; Advice = 'Look for the right name with Get-ChildItem' }
        @{ Do = 'Get-EtcdSnapshotObject ./good.db -LabelSelector ''a=b=c'''; Id = 'LabelSelectorNotValid'; Category = 'InvalidArgument'; Target = 'a=b=c'; Advice = 'Write it as kubectl takes it with -l: ''app=web,tier!=db,env in (test,p' }
        @{ Do = 'Get-EtcdSnapshotObject ./text.db'; Id = 'SnapshotNotADatabase'; Category = 'InvalidData'; Target = '*/text.db'; Advice = 'Name a file that Save-EtcdSnapshot or etcdctl saved, uncompressed' }
        @{ Do = 'Compare-EtcdSnapshot ./good.db ./none.db'; Id = 'PathNotFound'; Category = 'ObjectNotFound'; Target = '*/none.db'; Advice = 'Check the path' }
        @{ Do = 'Compare-EtcdSnapshot ./good.db'; Id = 'KubeconfigNotFound'; Category = 'ObjectNotFound'; Target = '*/.kube/config'; Advice = 'Name it with -Kubeconfig, or set the variable KUBECONFIG' }
        @{ Do = 'Export-EtcdSnapshotObject ./out'; Id = 'MissingMandatoryParameter'; Category = 'InvalidArgument'; Target = ''; Advice = 'mandatory parameters: InputObject' }
        @{ Do = 'Restore-EtcdSnapshot ./good.db'; Id = 'MissingMandatoryParameter'; Category = 'InvalidArgument'; Target = ''; Advice = 'mandatory parameters: DataDirectory' }
        @{ Do = 'Restore-EtcdSnapshot ./none.db -DataDirectory ./new -Force'; Id = 'PathNotFound'; Category = 'ObjectNotFound'; Target = '*/none.db'; Advice = 'Check the path' }
        @{ Do = 'Restore-EtcdSnapshot ./good.db -DataDirectory ./full -Force'; Id = 'DataDirectoryNotEmpty'; Category = 'ResourceExists'; Target = '*/full'; Advice = 'Name a folder that is absent or empty, or move the old one aside (do n' }
        @{ Do = 'Restore-EtcdSnapshot ./good.db -DataDirectory ./new -Name m9 -Force'; Id = 'InitialClusterInvalid'; Category = 'InvalidArgument'; Target = 'default=http://localhost:2380'; Advice = 'Give -Name one of the names in -InitialCluster' }
        @{ Do = 'Restore-EtcdSnapshot ./good.db -DataDirectory ./new -InitialCluster nonsense -Force'; Id = 'InitialClusterInvalid'; Category = 'InvalidArgument'; Target = 'nonsense'; Advice = 'Give -InitialCluster the form ''m1=https://10.0.0.1:2380,m2=https://10.' }
        @{ Do = 'Restore-EtcdSnapshot ./good.db -DataDirectory ./new -MarkCompacted -Force'; Id = 'RestoreOptionsInvalid'; Category = 'InvalidArgument'; Target = ''; Advice = 'Give both, or neither' }
        @{ Do = 'Restore-EtcdSnapshot ./good.db -DataDirectory ./new -TargetVersion 3.3 -Force'; Id = 'RestoreOptionsInvalid'; Category = 'InvalidArgument'; Target = ''; Advice = 'Restore with the etcdctl of that version' }
        @{ Do = 'Restore-EtcdSnapshot ./cut.db -DataDirectory ./new -Force'; Id = 'SnapshotHashMissing'; Category = 'InvalidResult'; Target = '*/cut.db'; Advice = 'Use a file of Save-EtcdSnapshot or ''etcdctl snapshot save''. For a copy' }
        @{ Do = 'Restore-EtcdSnapshot ./good.db -HostName kubem00 -For 0 -Force'; Id = 'RestoreOptionsInvalid'; Category = 'InvalidArgument'; Target = 'kubem00'; Advice = 'Give -For a time, such as 15m' }
        @{ Do = 'Restore-EtcdSnapshot ./good.db -HostName kubem00.invalid, kubem00.invalid -Force'; Id = 'SshUnreachable'; Category = 'ConnectionError'; Target = 'kubem00.invalid'; Advice = 'Check the name, the DNS and the route to it' }
        @{ Do = 'Restore-EtcdSnapshot ./good.db -HostName kubem00.invalid -Force'; Id = 'SshUnreachable'; Category = 'ConnectionError'; Target = 'kubem00.invalid'; Advice = 'Check the name, the DNS and the route to it' }
        @{ Do = 'Restore-EtcdSnapshot ./good.db -DataDirectory ./new'; Id = 'ConfirmationRequired'; Category = 'InvalidOperation'; Target = 'data directory *new'' of etcd member ''default'''; Advice = 'Look at the plan with -WhatIf first, then add -Confirm:$false or -Forc' }
        @{ Do = 'Undo-EtcdRestore'; Id = 'MissingMandatoryParameter'; Category = 'InvalidArgument'; Target = ''; Advice = 'mandatory parameters: HostName' }
        @{ Do = 'Repair-EtcdMember'; Id = 'RepairRefused'; Category = 'InvalidArgument'; Target = ''; Advice = 'Give the -HostName, the -Name or the -Id of the member, or pipe it fro' }
        @{ Do = 'Repair-EtcdMember kubem00 -For 0'; Id = 'RepairRefused'; Category = 'InvalidOperation'; Target = 'kubem00'; Advice = 'Give -For a time, such as 15m' }
        @{ Do = 'Update-ControlPlaneCertificate'; Id = 'NotConnected'; Category = 'InvalidOperation'; Target = ''; Advice = 'Name it with -HostName, or connect once with Connect-Cluster -HostName' }
        @{ Do = 'Update-ControlPlaneCertificate kubem00 -For 0'; Id = 'CertificateRenewalRefused'; Category = 'InvalidOperation'; Target = 'kubem00'; Advice = 'Give -For a time, such as 15m' }
        @{ Do = 'Update-ControlPlaneCertificate kubem00.invalid'; Id = 'SshUnreachable'; Category = 'ConnectionError'; Target = 'kubem00.invalid'; Advice = 'Bring the host back, or name the other hosts alone with -HostName' }
        @{ Do = 'Undo-EtcdMemberRepair'; Id = 'NotConnected'; Category = 'InvalidOperation'; Target = ''; Advice = 'Name it with -HostName, or connect once with Connect-Cluster -HostName' }
        @{ Do = 'Connect-Cluster nosuch -Kubeconfig ./kubeconfig'; Id = 'KubeconfigEntryNotFound'; Category = 'ObjectNotFound'; Target = '*/kubeconfig'; Advice = 'The contexts are: broken, c' }
        @{ Do = 'Connect-Cluster -Kubeconfig ./none'; Id = 'KubeconfigNotFound'; Category = 'ObjectNotFound'; Target = '*/none'; Advice = 'Name it with -Kubeconfig, or set the variable KUBECONFIG' }
        @{ Do = 'Connect-Cluster -Kubeconfig ./no.yaml'; Id = 'KubeconfigInvalid'; Category = 'InvalidData'; Target = '*/no.yaml'; Advice = 'Name the right file with -Kubeconfig' }
        @{ Do = 'Connect-Cluster broken -Kubeconfig ./kubeconfig'; Id = 'KubeconfigEntryNotFound'; Category = 'ObjectNotFound'; Target = '*/kubeconfig'; Advice = 'Fix the context, or name another with -Context' }
        @{ Do = 'Connect-Cluster -Kubeconfig ./kubeconfig'; Id = 'ConnectionRefused'; Category = 'ConnectionError'; Target = 'http://127.0.0.1:1/'; Advice = 'See whether kube-apiserver runs, and whether the address in the kubeco' }
        @{ Do = 'Connect-Cluster -Name nosuch'; Id = 'SavedConnectionNotUsable'; Category = 'ObjectNotFound'; Target = 'nosuch'; Advice = 'Connect-Cluster -Save NAME saves one' }
        @{ Do = 'Connect-Cluster -Name ../secret'; Id = 'SavedConnectionNotUsable'; Category = 'ObjectNotFound'; Target = '../secret'; Advice = 'Use letters, digits' }
        @{ Do = 'Connect-Cluster'; Id = 'KubeconfigNotFound'; Category = 'ObjectNotFound'; Target = '*/.kube/config'; Advice = 'Name it with -Kubeconfig, or set the variable KUBECONFIG' }
        @{ Do = 'Get-NodeStatus'; Id = 'KubeconfigNotFound'; Category = 'ObjectNotFound'; Target = '*/.kube/config'; Advice = 'Name it with -Kubeconfig, or set the variable KUBECONFIG' }
        @{ Do = 'Get-NodeStatus -Kubeconfig ./kubeconfig'; Id = 'ConnectionRefused'; Category = 'ConnectionError'; Target = 'http://127.0.0.1:1/'; Advice = 'See whether kube-apiserver runs, and whether the address in the kubeco' }
        @{ Do = 'Invoke-NodeDrain kubew01 -Kubeconfig ./kubeconfig -GracePeriodSec -1'; Id = 'ParameterArgumentTransformationError'; Category = 'InvalidData'; Target = ''; Advice = 'Write 90s, 5min, 1h30m, 1d' }
        @{ Do = 'Invoke-NodeDrain -Force'; Id = 'MissingMandatoryParameter'; Category = 'InvalidArgument'; Target = ''; Advice = 'mandatory parameters: NodeName' }
        @{ Do = 'Invoke-NodeDrain kubew01 -TimeoutSec 0'; Id = 'ParameterArgumentValidationError'; Category = 'InvalidData'; Target = ''; Advice = 'allowed range of 1' }
        @{ Do = 'Wait-NodeStatus kubew01 -Condition Happy'; Id = 'CannotConvertArgumentNoMessage'; Category = 'InvalidArgument'; Target = ''; Advice = 'Ready, NotReady, Schedulable, Scheduling' }
        @{ Do = 'Get-PodPlacement -Kubeconfig ./none'; Id = 'KubeconfigNotFound'; Category = 'ObjectNotFound'; Target = '*/none'; Advice = 'Name it with -Kubeconfig, or set the variable KUBECONFIG' }
        @{ Do = 'Get-EtcdConfiguration ./some.conf'; Id = 'EtcdConfigurationInvalid'; Category = 'InvalidData'; Target = '*/some.conf'; Advice = 'Name etcd''s environment file (/etc/etcd/etcd.conf), its unit, its --co' }
        @{ Do = 'Get-EtcdConfiguration ./none.conf'; Id = 'PathNotFound'; Category = 'ObjectNotFound'; Target = './none.conf'; Advice = 'Look for the right name with Get-ChildItem' }
        @{ Do = 'Get-FailureDrill Meteor'; Id = 'CannotConvertArgumentNoMessage'; Category = 'InvalidArgument'; Target = ''; Advice = 'ApiServer, Scheduler, ControllerManager,' }
        @{ Do = 'Invoke-FailureDrill Scheduler'; Id = 'KubeconfigNotFound'; Category = 'ObjectNotFound'; Target = '*/.kube/config'; Advice = 'Name it with -Kubeconfig, or set the variable KUBECONFIG' }
        @{ Do = 'Invoke-FailureDrill Scheduler -ToleranceSec 1000'; Id = 'ParameterArgumentValidationError'; Category = 'InvalidData'; Target = ''; Advice = 'allowed range of 600' }
        @{ Do = 'Undo-FailureDrill'; Id = 'KubeconfigNotFound'; Category = 'ObjectNotFound'; Target = '*/.kube/config'; Advice = 'Name it with -Kubeconfig, or set the variable KUBECONFIG' }
        @{ Do = 'Get-NodeStatus -Cluster prod'; Id = 'ParameterArgumentTransformationError'; Category = 'InvalidData'; Target = ''; Advice = 'this takes a connection: $c = Connect-Cluster' }
    )
}

Describe 'A mistake' {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
        $kept = @{}
        foreach ($name in 'HOME', 'KUBECONFIG', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME') { $kept[$name] = [Environment]::GetEnvironmentVariable($name) }
        $user = (New-Item -ItemType Directory (Join-Path $TestDrive 'user')).FullName
        $env:HOME = $env:XDG_CONFIG_HOME = $env:XDG_STATE_HOME = $user
        $env:KUBECONFIG = $null
        $work = (New-Item -ItemType Directory (Join-Path $TestDrive 'work'), (Join-Path $TestDrive 'work/full'))[0].FullName
        Push-Location $work
        Set-Content full/member 'x'
        Set-Content text.db 'no snapshot'
        Set-Content no.yaml "a: [`n"
        Set-Content key 'no key'
        Set-Content some.conf 'hello'
        $null = New-Item empty.db
        Copy-Item "$Repository/tests/Fixtures/etcd/snap.db" good.db
        [IO.File]::WriteAllBytes("$work/cut.db", [IO.File]::ReadAllBytes("$work/good.db")[0..9999])
        Set-Content kubeconfig "apiVersion: v1`nkind: Config`ncurrent-context: c`ncontexts: [{name: c, context: {cluster: k, user: u}}, {name: broken, context: {cluster: none, user: u}}]`nclusters: [{name: k, cluster: {server: 'http://127.0.0.1:1'}}]`nusers: [{name: u, user: {}}]"
        $secret = [pscredential]::new('alice', (ConvertTo-SecureString 'x' -AsPlainText -Force))
        function Get-Trace { Get-ChildItem $work -Recurse -Force | ForEach-Object { "$($_.FullName) $($_.Length) $($_.LastWriteTimeUtc.Ticks)" } }
    }

    AfterAll {
        Pop-Location
        foreach ($name in $kept.Keys) { [Environment]::SetEnvironmentVariable($name, $kept[$name]) }
        Disconnect-Cluster
    }

    It 'like this is told apart, and says what to do: <Do>' -ForEach $mistakes {
        $before = Get-Trace
        $Error.Clear()
        try { $null = & ([scriptblock]::Create("param(`$secret) $Do")) $secret 2>&1 3>$null } catch { }
        $first = @($Error.Where{ $_ -is [Management.Automation.ErrorRecord] })[-1]
        $first | Should -Not -BeNullOrEmpty
        $first.FullyQualifiedErrorId.Split(',')[0] | Should -Be $Id
        $first.CategoryInfo.Category | Should -Be $Category
        "$($first.TargetObject)" | Should -BeLike $Target
        "$($first.ErrorDetails.RecommendedAction) $first" | Should -BeLike "*$Advice*"
        Get-Trace | Should -Be $before -Because 'nothing was touched'
        Get-ClusterConnection | Should -BeNullOrEmpty
    }
}
