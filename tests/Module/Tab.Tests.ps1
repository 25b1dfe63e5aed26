# The Tab matrix: parameter, where its names come from, what is offered, and how long it takes. On a practice control plane that `dotnet test`
# starts and tells of in the environment.

BeforeDiscovery {
    $noPlane = -not $env:CLUSTERHEAL_TEST_KUBECONFIG
    # Typed is the line up to where Tab is pressed.
    $matrix = @(
        @{ Typed = 'Connect-Cluster -Context '; Source = 'default kubeconfig'; Offered = 'other', 'practice' }
        @{ Typed = 'Connect-Cluster pr'; Source = 'default kubeconfig'; Offered = 'practice' }
        @{ Typed = 'Get-NodeStatus -Kubeconfig $two -Context '; Source = 'given kubeconfig'; Offered = 'blue', 'green' }
        @{ Typed = 'Invoke-FailureDrill ApiServer -Kubeconfig $two -Context g'; Source = 'given kubeconfig'; Offered = 'green' }
        @{ Typed = 'Compare-EtcdSnapshot x -Kubeconfig $two -Context b'; Source = 'given kubeconfig'; Offered = 'blue' }
        @{ Typed = 'Get-NodeStatus -Kubeconfig ./none -Context '; Source = 'a kubeconfig that is not there'; Offered = @() }
        @{ Typed = 'Get-NodeStatus '; Source = 'API'; Offered = 'kubew01', 'kubew02', 'm1' }
        @{ Typed = 'Get-NodeStatus kubew01, k'; Source = 'API'; Offered = 'kubew01', 'kubew02' }
        @{ Typed = 'Wait-NodeStatus m'; Source = 'API'; Offered = 'm1' }
        @{ Typed = 'Invoke-NodeDrain -NodeName K'; Source = 'API'; Offered = 'kubew01', 'kubew02' }
        @{ Typed = 'Get-NodeDrainPlan '; Source = 'API'; Offered = 'kubew01', 'kubew02', 'm1' }
        @{ Typed = 'Suspend-NodeScheduling -Kubeconfig $kubeconfig kubew0'; Source = 'API of the given kubeconfig'; Offered = 'kubew01', 'kubew02' }
        @{ Typed = 'Resume-NodeScheduling -Cluster $cluster kubew02'; Source = 'API of the given connection'; Offered = 'kubew02' }
        @{ Typed = 'Resume-NodeScheduling -Kubeconfig ./none '; Source = 'a kubeconfig that is not there'; Offered = @() }
        @{ Typed = 'Get-PodPlacement kubew'; Source = 'API'; Offered = 'kubew01', 'kubew02' }
        @{ Typed = 'Get-PodPlacement -Namespace kube-s'; Source = 'API'; Offered = 'kube-system' }
        @{ Typed = 'Get-PodPlacement -Workload tab'; Source = 'API'; Offered = 'tab-agent', 'tab-web' }
        @{ Typed = 'Get-PodPlacement -Namespace kube-system -Workload tab'; Source = 'API, of the namespace'; Offered = 'tab-agent' }
        @{ Typed = 'Get-EtcdMember -Endpoint '; Source = 'connection'; Offered = $env:CLUSTERHEAL_TEST_ENDPOINT }
        @{ Typed = 'Repair-EtcdMember -Name '; Source = 'etcd'; Offered = 'm1' }
        @{ Typed = 'Repair-EtcdMember -Id '; Source = 'etcd'; Offered = $null }
        @{ Typed = 'Restore-EtcdSnapshot x -HostName a -LostMember '; Source = 'etcd'; Offered = 'm1' }
        @{ Typed = 'Stop-ControlPlaneComponent kubem'; Source = 'connection'; Offered = 'kubem00', 'kubem01' }
        @{ Typed = 'Get-EtcdConfiguration -HostName kubem'; Source = 'connection'; Offered = 'kubem00', 'kubem01' }
        @{ Typed = 'Restore-EtcdSnapshot x -HostName kubem01, kubem0'; Source = 'connection'; Offered = 'kubem00', 'kubem01' }
        @{ Typed = 'Undo-EtcdRestore -ComputerName kubem'; Source = 'connection'; Offered = 'kubem00', 'kubem01' }
        @{ Typed = 'Repair-EtcdMember -ToHostName kubem'; Source = 'connection'; Offered = 'kubem00', 'kubem01' }
        @{ Typed = 'Restart-NodeComponent kubew0'; Source = 'API'; Offered = 'kubew01', 'kubew02' }
        @{ Typed = 'Invoke-FailureDrill Kubelet kubew'; Source = 'API'; Offered = 'kubew01', 'kubew02' }
        @{ Typed = 'Connect-Cluster -HostName old'; Source = 'known_hosts'; Offered = 'oldhost', 'oldport' }
        @{ Typed = 'Get-NodeComponent 10.9.'; Source = 'known_hosts'; Offered = '10.9.8.7' }
        @{ Typed = 'Get-EtcdSnapshot ./snap'; Source = 'folder'; Offered = './snap1.db', './snap2.db' }
        @{ Typed = 'Restore-EtcdSnapshot -Path ./snap'; Source = 'folder'; Offered = './snap1.db', './snap2.db' }
        @{ Typed = 'Test-EtcdSnapshot -LiteralPath ./snap2'; Source = 'folder'; Offered = './snap2.db' }
        @{ Typed = 'Compare-EtcdSnapshot ./snap1.db ./snap'; Source = 'folder'; Offered = './snap1.db', './snap2.db' }
        @{ Typed = 'Get-EtcdSnapshotObject ./real.db -Kind Dep'; Source = 'snapshot'; Offered = 'Deployment' }
        @{ Typed = 'Undo-EtcdRestore kubem00 -OperationId '; Source = 'journal'; Offered = '20261130T110000Z-bbbbbb', '20261130T100000Z-aaaaaa' }
        @{ Typed = 'Undo-EtcdMemberRepair '; Source = 'journal'; Offered = '20261130T120000Z-cccccc' }
        @{ Typed = 'Undo-FailureDrill '; Source = 'journal'; Offered = '20261130T130000Z-dddddd' }
        @{ Typed = 'Test-ClusterHealth -Check EtcdH'; Source = 'the module'; Offered = 'EtcdHash' }
        @{ Typed = 'Test-ClusterHealth Etc'; Source = 'the module'; Offered = 'Etcd' }
        @{ Typed = 'Stop-ControlPlaneComponent a Sch'; Source = 'the module'; Offered = 'Scheduler' }
        @{ Typed = 'Invoke-FailureDrill Sch'; Source = 'the module'; Offered = 'Scheduler' }
        @{ Typed = 'Wait-NodeStatus a NotR'; Source = 'the module'; Offered = 'NotReady' })
}

Describe 'Tab' -Skip:$noPlane {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
        $kubeconfig = $env:CLUSTERHEAL_TEST_KUBECONFIG
        $kept = @{ HOME = $env:HOME; XDG_STATE_HOME = $env:XDG_STATE_HOME; KUBECONFIG = $env:KUBECONFIG }
        $env:HOME = Join-Path $TestDrive 'home'
        $env:XDG_STATE_HOME = Join-Path $TestDrive 'state'
        $null = New-Item -ItemType Directory (Join-Path $env:HOME '.ssh'), (Join-Path $env:XDG_STATE_HOME 'clusterheal')
        Set-Content (Join-Path $env:HOME '.ssh/known_hosts') 'oldhost,10.9.8.7 ssh-ed25519 AAAA', '[oldport]:2222 ssh-ed25519 AAAA', 'old*.example ssh-ed25519 AAAA', '|1|oldhash|x ssh-ed25519 AAAA', '# old', '@revoked oldkey ssh-ed25519 AAAA'
        function New-Kubeconfig([string] $Path, [string[]] $Name) {
            $contexts = $Name.ForEach{ "{name: $_, context: {cluster: k, user: u}}" } -join ', '
            Set-Content $Path "apiVersion: v1`nkind: Config`ncurrent-context: $($Name[0])`ncontexts: [$contexts]`nclusters: [{name: k, cluster: {server: 'http://127.0.0.1:1'}}]`nusers: [{name: u, user: {}}]"
            $Path
        }
        $env:KUBECONFIG = New-Kubeconfig (Join-Path $TestDrive 'default') 'practice', 'other'
        $two = New-Kubeconfig (Join-Path $TestDrive 'two') 'green', 'blue'
        $journal = @(
            @{ operation = 'Restore-EtcdSnapshot'; operationId = '20261130T100000Z-aaaaaa' }
            @{ operation = 'Restore-EtcdSnapshot'; operationId = '20261130T110000Z-bbbbbb' }
            @{ operation = 'Restore-EtcdSnapshot'; operationId = '20261130T110000Z-bbbbbb' }
            @{ operation = 'Repair-EtcdMember'; operationId = '20261130T120000Z-cccccc' }
            @{ operation = 'Invoke-FailureDrill'; operationId = '20261130T130000Z-dddddd' })
        $lines = $journal.ForEach{ $_ + @{ time = '2026-11-30T10:00:00Z'; operator = 'a@b'; step = 'x' } | ConvertTo-Json -Compress }
        Set-Content (Join-Path $env:XDG_STATE_HOME 'clusterheal/journal.jsonl') (@('half a line"}') + $lines)
        Push-Location $TestDrive
        'snap1.db', 'snap1.db.manifest.json', 'snap2.db', '.clusterheal-snap3.part' | ForEach-Object { Set-Content $_ 'x' }
        $kubectl = { & $env:CLUSTERHEAL_TEST_KUBECTL --kubeconfig $kubeconfig @args; if ($LASTEXITCODE) { throw "kubectl $args" } }
        foreach ($made in @{ name = 'tab-web'; namespace = 'default' }, @{ name = 'tab-agent'; namespace = 'kube-system' }) {
            $template = @{ metadata = @{ labels = @{ app = $made.name } }; spec = @{ containers = @(@{ name = 'c'; image = 'i' }) } }
            $spec = @{ replicas = 0; selector = @{ matchLabels = @{ app = $made.name } }; template = $template }
            @{ apiVersion = 'apps/v1'; kind = 'Deployment'; metadata = $made; spec = $spec } | ConvertTo-Json -Depth 9 | Set-Content 'deployment.json'
            & $kubectl create -f deployment.json | Out-Null
        }
        $null = Connect-Cluster -Kubeconfig $kubeconfig -ClusterName practice -Endpoint $env:CLUSTERHEAL_TEST_ENDPOINT
        $null = Save-EtcdSnapshot -Path ./real.db -Confirm:$false
        $cluster = Connect-Cluster -Kubeconfig $kubeconfig -ClusterName practice -Endpoint $env:CLUSTERHEAL_TEST_ENDPOINT -HostName kubem00, kubem01 -WarningAction SilentlyContinue
        $times = [Collections.Generic.List[object]]::new()

        # Tab as often as a busy machine needs for the first answer; the time is that of the slowest press.
        function Get-Offered([string] $Typed, [int] $Wanted) {
            $slowest = 0
            for ($i = 0; $i -lt 60; $i++) {
                $clock = [Diagnostics.Stopwatch]::StartNew()
                $offered = @((TabExpansion2 $Typed $Typed.Length).CompletionMatches.CompletionText).Where{ $_ }
                $slowest = [math]::Max($slowest, $clock.ElapsedMilliseconds)
                if ($offered.Count -ge $Wanted) { break }
                Start-Sleep -Milliseconds 200
            }
            [pscustomobject]@{ Offered = $offered; Milliseconds = $slowest }
        }
    }

    AfterAll {
        if ($kept) {
            foreach ($name in $kept.Keys) { Set-Item "Env:$name" $kept[$name] }
            Pop-Location
            Disconnect-Cluster
            $times | Sort-Object Milliseconds -Descending | Format-Table Milliseconds, Source, Typed, Offered | Out-String -Width 160 | Write-Host
        }
    }

    It "after '<Typed>' offers <Offered>, from <Source>" -ForEach $matrix {
        $found = Get-Offered $Typed ([math]::Max(1, @($Offered).Count) * [int] ($Source -notlike 'a kubeconfig*'))
        $times.Add([pscustomobject]@{ Milliseconds = $found.Milliseconds; Source = $Source; Typed = $Typed; Offered = $found.Offered -join ' ' })
        if ($null -eq $Offered) { $found.Offered | Should -Be (Get-EtcdMember).Id } else { $found.Offered | Should -Be $Offered }
    }

    It 'knows a set for every parameter that has one' {
        $sets = 'Context', 'HostName', 'NodeName', 'Namespace', 'Workload', 'OperationId', 'Check', 'TargetName', 'LostMember', 'OtherHostName', 'ToHostName', 'Endpoint', 'Path', 'LiteralPath'
        $without = foreach ($command in Get-Command -Module ClusterHeal) {
            foreach ($parameter in $command.Parameters.Values.Where{ $_.Name -in $sets }) {
                if (-not $parameter.Attributes.Where{ $_ -is [ArgumentCompleter] }) { "$($command.Name) -$($parameter.Name)" }
            }
        }
        # A file for a new snapshot or report, and the files of etcd's settings, are any files: PowerShell completes these by itself.
        $without.Where{ $_ -notmatch '^(Save-EtcdSnapshot -Path|Export-ClusterReport -Path|Get-EtcdConfiguration -(Literal)?Path)$' } | Should -BeNullOrEmpty
    }
}
