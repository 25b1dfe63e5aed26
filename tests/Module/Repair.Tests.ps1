# The repair of a member of etcd in a real pwsh, on practice hosts that `dotnet test` boots and tells of in the environment.

BeforeDiscovery {
    $noHosts = -not $env:CLUSTERHEAL_TEST_HOSTS
}

Describe 'The repair of a member' -Skip:$noHosts {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
        $hosts = $env:CLUSTERHEAL_TEST_HOSTS.Split(',')
        $target = $hosts[2]
        $repair = "`$login = $HostLoginText; Repair-EtcdMember '$target' -OtherHostName '$($hosts[0])', '$($hosts[1])' -ClusterName prod -LastSnapshotDirectory '$TestDrive' @login"

        function Get-Member { Get-EtcdMember -HostName $hosts[0] @HostLogin }
    }

    It 'is refused for a member that is well, and touches nothing' {
        $run = Invoke-Pwsh "$repair -Confirm:`$false"
        $run.Errors | Should -BeLike '*is well: it serves, it has no alarm*Nothing was touched.*'
        Invoke-OnHost $target 'ls /var/lib/clusterheal/repair 2>/dev/null' | Should -BeNullOrEmpty
    }

    It 'says so if no member is named' {
        { Repair-EtcdMember -OtherHostName $hosts -Force @HostLogin } | Should -Throw '*No member is named*' -ErrorId 'RepairRefused*'
    }

    It 'shows its plan with -WhatIf, and touches nothing' {
        $run = Invoke-Pwsh "$repair -Force -WhatIf"
        "$($run.Output)" | Should -BeLike "What if:*Stop etcd on $target (etcd.service).*cluster 'prod'*"
        "$($run.Output)" | Should -BeLike '*as a learner*Undo-EtcdMemberRepair -OperationId*'
        Invoke-OnHost $target 'ls /var/lib/clusterheal/repair 2>/dev/null' | Should -BeNullOrEmpty
    }

    It 'puts everything back on Ctrl+C in the middle, and is over then' {
        $before = (Get-Member).Id
        $busy = Join-Path $TestDrive 'busy'
        Stop-PwshByCtrlC "$repair -Force -Verbose 4>&1 | ForEach-Object { if (`"`$_`" -eq 'Move the data aside') { Set-Content '$busy' 1 } }" $busy -Seconds 240
        (Get-Member).Id | Should -Be $before
        Invoke-OnHost $target 'ls /var/lib/clusterheal/repair/*/finished' | Should -BeLike '*finished*'
    }

    It 'takes a member of Get-EtcdMember, repairs it, and reports' {
        $former = Get-Member | Where-Object ClientUrls -Match ([regex]::Escape($target))
        $report = $former | Repair-EtcdMember -OtherHostName $hosts -LastSnapshotDirectory $TestDrive @HostLogin -Force
        $report | Should -BeOfType ([ClusterHeal.MemberRepairReport])
        $report.Outcome | Should -Be 'Repaired'
        $report.FormerId | Should -Be $former.Id
        $members = Get-Member
        $members.Id | Should -Contain $report.MemberId
        $members.IsHealthy | Should -Be @($true, $true, $true)
        $report | Out-String -Width 140 | Should -Match "m2 +Repaired +$($report.MemberId) +$($report.Revision) "
        $report.Steps | Out-String -Width 160 | Should -Match "s Pass +Prove etcd +hash $($report.HashKV) at revision $($report.Revision) on 3 members"

        { $report | Undo-EtcdMemberRepair -HostName $hosts @HostLogin -Force -ErrorAction Stop } | Should -Throw '*has come to its end*' -ErrorId 'RepairNotFound*'
    }
}
