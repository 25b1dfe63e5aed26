# The node cmdlets on a practice control plane that `dotnet test` starts and tells of in the environment, beside the real kubectl.

BeforeDiscovery { $noPlane = -not $env:CLUSTERHEAL_TEST_KUBECONFIG }

Describe 'Nodes of a cluster' -Skip:$noPlane {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile, $ProbeFile -Force
        $kubeconfig = $env:CLUSTERHEAL_TEST_KUBECONFIG
        $connect = "Connect-Cluster -Kubeconfig '$kubeconfig' -ClusterName practice | Out-Null"

        function Invoke-Kubectl {
            $output = & $env:CLUSTERHEAL_TEST_KUBECTL --kubeconfig $kubeconfig @args
            if ($LASTEXITCODE) { throw "kubectl $args ended with $LASTEXITCODE" }
            $output
        }

        function Wait-Until([scriptblock] $Condition, [string] $What) {
            $patience = [datetime]::UtcNow.AddMinutes(3)
            while (-not (& $Condition)) {
                if ([datetime]::UtcNow -gt $patience) { throw "Waited in vain for this: $What." }
                Start-Sleep -Milliseconds 200
            }
        }

        # The columns of a table of kubectl without its headings.
        function Get-Column([string[]] $Table, [int[]] $Column) {
            foreach ($line in $Table) { (-split $line)[$Column] -join ' ' }
        }

        Invoke-Kubectl cordon m1
        Invoke-Kubectl create -f (Join-Path $Repository 'docs/samples/nginx-deploy.yaml')
        Invoke-Kubectl scale deployment nginx --replicas=4
        Invoke-Kubectl wait '--for=jsonpath={.status.readyReplicas}=4' deployment/nginx --timeout=180s
        $null = Connect-Cluster -Kubeconfig $kubeconfig -ClusterName practice -Endpoint $env:CLUSTERHEAL_TEST_ENDPOINT
    }

    AfterAll { Disconnect-Cluster }

    It 'are shown as kubectl shows them' {
        $theirs = Get-Column (Invoke-Kubectl get nodes --no-headers) 0, 1, 2, 4
        $ours = Get-NodeStatus | ForEach-Object { $_.NodeName, $_.Status, $(if ($_.Roles) { $_.Roles -join ',' } else { '<none>' }), $_.Version -join ' ' }
        $ours | Should -Be $theirs
        $view = Get-NodeStatus kubew01 | Format-Table | Out-String -Width 200
        $view | Should -BeLike '*NodeName*Status*Roles*Age*Version*'
        $view | Should -Match 'kubew01\s+Ready\s+<none>'
    }

    It 'have the pods that kubectl finds on them' {
        $theirs = Get-Column (Invoke-Kubectl get pods -A --no-headers -o wide) 0, 1, 2, 3, 7 | Sort-Object
        $ours = Get-PodPlacement | ForEach-Object { "$($_.Namespace) $($_.PodName) $($_.ReadyContainers)/$($_.Containers) $($_.Status) $($_.NodeName)" }
        $ours | Sort-Object | Should -Be $theirs
        (Get-PodPlacement -Workload nginx).Count | Should -Be 4
        (Get-PodPlacement -LabelSelector run=nginx -Namespace default).Count | Should -Be 4
        (Get-PodPlacement kubew01, kubew02).Count | Should -Be 4
    }

    It 'have pods whose reason steers no terminal' {
        $pod = @{ apiVersion = 'v1'; kind = 'Pod'; metadata = @{ name = 'steering' }; spec = @{ schedulerName = 'none'; containers = @(@{ name = 'c'; image = 'i' }) } }
        ConvertTo-Json $pod -Depth 9 | Set-Content (Join-Path $TestDrive 'pod.json')
        Invoke-Kubectl create -f (Join-Path $TestDrive 'pod.json')
        Invoke-Kubectl patch pod steering --subresource=status --type=merge -p '{"status":{"phase":"Failed","reason":"Evi\u001b[31mcted\u0007"}}'
        $shown = (Invoke-Pwsh "`$PSStyle.OutputRendering = 'Ansi'; $connect; Get-PodPlacement -Namespace default | Out-String -Width 200").Output -join "`n"
        Invoke-Kubectl delete pod steering
        $shown | Should -Not -Match "Evi\e|\a"
        $shown | Should -BeLike '*steering*Evi\u001b`[31mcted\u0007*'
    }

    It 'complete their names' {
        Wait-Until { (TabExpansion2 'Get-NodeStatus kubew' 20).CompletionMatches.CompletionText -join ' ' -eq 'kubew01 kubew02' } 'the names'
        (TabExpansion2 'Invoke-NodeDrain -NodeName M' 28).CompletionMatches.CompletionText | Should -Be 'm1'
    }

    It 'are cordoned, waited for and resumed' {
        (Suspend-NodeScheduling kubew02 -Confirm:$false -PassThru).Status | Should -Be 'Ready,SchedulingDisabled'
        (Wait-NodeStatus kubew02 -Condition SchedulingDisabled -TimeoutSec 180).NodeName | Should -Be 'kubew02'
        (Get-NodeStatus kubew02).Status | Should -Be 'Ready,SchedulingDisabled'
        Resume-NodeScheduling kubew02 -Confirm:$false
        (Wait-NodeStatus kubew02 -Condition Schedulable -TimeoutSec 180).Status | Should -Be 'Ready'
    }

    It 'are chosen by a pipeline, and a drain with -WhatIf shows its plan and does nothing' {
        $shown = Invoke-Pwsh "$connect; Get-NodeStatus | Where-Object NodeName -like 'kubew*' | Invoke-NodeDrain -WhatIf"
        $shown.ExitCode | Should -Be 0 -Because $shown.Errors
        "$($shown.Output)" | Should -BeLike "*What if:*node 'kubew01' in cluster 'practice'*node 'kubew02' in cluster 'practice'*"
        (Get-NodeStatus kubew0*).Status | Sort-Object -Unique | Should -Be 'Ready'
        (Get-PodPlacement -Workload nginx).Count | Should -Be 4
    }

    It 'are drained, their pods run elsewhere, and are not moved back' {
        $before = Get-PodPlacement -Workload nginx
        $leaving = $before.Where{ $_.NodeName -eq 'kubew01' }.Count
        $said = Invoke-NodeDrain kubew01 -Confirm:$false -WaitForReplacement -TimeoutSec 120
        $said[-1] | Should -BeOfType ([ClusterHeal.NodeDrainResult])
        $said[-1].Succeeded | Should -BeTrue -Because $said[-1].Message
        $said[-1].Removed | Should -Be $leaving
        $said.Where{ "$($_.Kind)" -eq 'PodGone' }.Count | Should -Be $leaving
        $moved = Get-PodPlacement -Workload nginx -ChangedSince $before
        $moved.Count | Should -Be $leaving
        foreach ($pod in $moved) { "$($pod.Change) from $($pod.FormerNodeName) to $($pod.NodeName)" | Should -Be 'Moved from kubew01 to kubew02' }
        Resume-NodeScheduling kubew01 -Confirm:$false
        Get-PodPlacement kubew01 | Should -BeNullOrEmpty
    }

    It 'keep their pods on a real Ctrl+C in a blocked drain, and are given back' {
        $budget = Join-Path $TestDrive 'budget.json'
        Set-Content $budget '{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"nginx"},"spec":{"maxUnavailable":0,"selector":{"matchLabels":{"run":"nginx"}}}}'
        Invoke-Kubectl create -f $budget
        Invoke-Kubectl wait '--for=jsonpath={.status.currentHealthy}=4' pdb/nginx --timeout=180s
        $pods = (Get-PodPlacement -Workload nginx).PodName
        $log = Join-Path $TestDrive 'drain.log'
        $busy = Join-Path $TestDrive 'blocked'
        $drain = "Invoke-NodeDrain kubew02 -Confirm:`$false -ResumeOnFailure | ForEach-Object { Add-Content '$log' ""`$_""; if (`$_.Kind -eq 'Blocked') { Set-Content '$busy' 1 } }"
        Stop-PwshByCtrlC -BusyFile $busy -Script "$connect; $drain"
        "$(Get-Content $log)" | Should -BeLike 'kubew02: Cordoned*kubew02: Blocked default/nginx-*The disruption budget nginx needs 4 healthy pods and has 4*'
        (Get-PodPlacement -Workload nginx).PodName | Should -Be $pods
        (Get-NodeStatus kubew02).Status | Should -Be 'Ready'

        # A pipeline that has seen enough takes no more, and the user is told all the same what is left.
        $run = Invoke-Pwsh "$connect; Invoke-NodeDrain kubew02 -Confirm:`$false | Select-Object -First 1 | ForEach-Object Kind"
        "$($run.Output)" | Should -BeLike "*Cordoned*WARNING: Node 'kubew02' stays cordoned.*"
        Resume-NodeScheduling kubew02 -Confirm:$false
        Invoke-Kubectl delete pdb nginx
    }

    It 'are not drained where they carry an etcd voter that is needed, be it no pod' {
        (Get-NodeDrainPlan m1).QuorumRisk | Should -BeLike 'It carries m1*'
        Invoke-NodeDrain m1 -Confirm:$false -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'DrainWouldBreakQuorum,*'
        # Without etcd's endpoints nobody knows of it.
        (Get-NodeDrainPlan m1 -Kubeconfig $kubeconfig).QuorumRisk | Should -BeNullOrEmpty
    }
}

Describe 'A connection' -Skip:$noPlane {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile, $ProbeFile -Force
    }

    AfterEach { Disconnect-Cluster }

    It 'is the default of the session until it is let go' {
        $made = Connect-Cluster -Kubeconfig $env:CLUSTERHEAL_TEST_KUBECONFIG -ClusterName practice -Endpoint $env:CLUSTERHEAL_TEST_ENDPOINT -HostName kubem00 -UserName admin -Sudo
        $made.ServerVersion | Should -BeLike 'v1.*'
        $made.ThroughHost | Should -BeNullOrEmpty -Because 'a kubeconfig of this machine was given'
        (Get-ClusterConnection).Server | Should -Be $made.Server
        Get-ClusterConnection | Format-List | Out-String | Should -BeLike '*practice*kubem00*admin*'
        (Get-NodeStatus).Count | Should -Be 3
        Disconnect-Cluster
        Get-ClusterConnection | Should -BeNullOrEmpty
    }

    It 'leads the etcd cmdlets to its etcd' {
        $null = Connect-Cluster -Kubeconfig $env:CLUSTERHEAL_TEST_KUBECONFIG -Endpoint $env:CLUSTERHEAL_TEST_ENDPOINT
        (Get-EtcdMember).Name | Should -Be 'm1'
        $snapshot = Save-EtcdSnapshot (Join-Path $TestDrive 'default.db')
        Test-EtcdSnapshot $snapshot.Path -Quiet | Should -BeTrue
        (Test-EtcdSnapshot $snapshot.Path).Where{ $_.Name -eq 'HashKV' }.Status | Should -Be 'Pass'
        Test-EtcdSnapshot (Join-Path $Repository 'tests/Fixtures/etcd/snap.db') -Quiet | Should -BeTrue -Because 'the connection cannot judge it'
    }

    It 'binds where it is piped, and is no name of a node or a host there' {
        $made = Connect-Cluster -Kubeconfig $env:CLUSTERHEAL_TEST_KUBECONFIG -ClusterName piped -Endpoint $env:CLUSTERHEAL_TEST_ENDPOINT -HostName kubem00.invalid
        Disconnect-Cluster
        $made.HostName.Count | Should -Be 1
        ($made | Get-NodeStatus).NodeName | Should -Be 'kubew01', 'kubew02', 'm1'
        ($made | Get-NodeStatus m1).ClusterName | Should -Be 'piped'
        ($made | Wait-NodeStatus m1 -TimeoutSec 60).ClusterName | Should -Be 'piped'
        ($made | Get-NodeDrainPlan kubew01).ClusterName | Should -Be 'piped'
        @($made | Get-PodPlacement).Count | Should -Be @(Get-PodPlacement -Kubeconfig $env:CLUSTERHEAL_TEST_KUBECONFIG).Count
        ($made | Get-EtcdMember).Name | Should -Be 'm1'
        ($made | Test-ClusterHealth -Check EtcdQuorum).Status | Should -Be 'Pass'
        # Its only host cannot be reached, and that host is what the error is about.
        $made | Get-ControlPlaneComponent -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].TargetObject | Should -Be 'kubem00.invalid'
        $made | Get-EtcdConfiguration -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].TargetObject | Should -Be 'kubem00.invalid'
        # Of several, each is asked by itself; what gathers its input works on one.
        @(@($made, $made) | Get-NodeStatus m1).Count | Should -Be 2
        $other = Connect-Cluster -Kubeconfig $env:CLUSTERHEAL_TEST_KUBECONFIG -ClusterName other
        { @($made, $other) | Get-NodeDrainPlan kubew01 } | Should -Throw -ErrorId 'SeveralConnections,*'
    }

    It 'that is missing is asked for by name' {
        foreach ($name in 'Get-EtcdMember', 'Get-EtcdConfiguration', 'Get-ControlPlaneComponent') {
            & $name -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'NotConnected,*'
            $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*Connect-Cluster*'
        }
    }

    It 'names no host that is to be changed: that is left to the user' {
        (Get-Command Stop-ControlPlaneComponent).Parameters['HostName'].Attributes.Mandatory | Should -Contain $true
        (Get-Command Get-ControlPlaneComponent).Parameters['HostName'].Attributes.Mandatory | Should -Not -Contain $true
    }
}
