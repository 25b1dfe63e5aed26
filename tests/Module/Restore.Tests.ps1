# A restore of a whole cluster in a real pwsh, on practice hosts that `dotnet test` boots and tells of in the environment.

BeforeDiscovery {
    $noHosts = -not $env:CLUSTERHEAL_TEST_HOSTS
    $noTerminal = $noHosts -or -not (Get-Command script -CommandType Application -ErrorAction Ignore)
}

Describe 'A cluster restore' -Skip:$noHosts {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
        $hosts = $env:CLUSTERHEAL_TEST_HOSTS.Split(',')
        $restore = "Restore-EtcdSnapshot '$env:CLUSTERHEAL_TEST_SNAPSHOT' -HostName '$($hosts -join "', '")' -ClusterName prod " +
            "-LastSnapshotDirectory '$TestDrive' -UserName root -KeyFilePath '$($HostLogin.KeyFilePath)' " +
            "-SshOption @{ UserKnownHostsFile = '$env:CLUSTERHEAL_TEST_KNOWN_HOSTS' }"

        # What a command says on each host.
        function Invoke-OnHosts([string] $Command) {
            foreach ($address in $hosts) { Invoke-OnHost $address $Command }
        }

        # All members serve the data of the snapshot, or all serve those of before.
        function Assert-Key([string] $There, [string] $NotThere) {
            Invoke-OnHosts keys | Should -BeLike "*$There*"
            Invoke-OnHosts keys | Should -Not -BeLike "*$NotThere*"
            -join (Invoke-OnHosts "systemctl list-units --all --plain --no-legend 'clusterheal-heal-*.timer'") | Should -BeNullOrEmpty -Because 'no switch is left armed'
        }
    }

    It 'shows with -WhatIf the plan of the live cluster, and touches nothing' {
        $look = 'ls -d /var/lib/etcd/*; ls -laR /var/lib/clusterheal 2>&1'
        $before = Invoke-OnHosts $look
        $run = Invoke-Pwsh "$restore -WhatIf"
        "$($run.Output)" | Should -BeLike "What if:*Stop etcd on $($hosts[1]) (etcd.service).*cluster 'prod'*"
        "$($run.Output)" | Should -BeLike '*Move the revision on by*Of the objects that live now, take away*Save the present data to*Undo-EtcdRestore -OperationId*'
        $run.ExitCode | Should -Be 0
        Invoke-OnHosts $look | Should -Be $before
    }

    It 'asks, names the cluster and what will be stopped, and takes no for no' -Skip:$noTerminal {
        # pwsh breaks long lines at the edge of the screen.
        $screen = (Invoke-PwshInTerminal $restore 'n') -replace '\s+', ' '
        $screen | Should -BeLike "*Stop etcd on $($hosts[0]) (etcd.service).*"
        $screen | Should -BeLike "*etcd and the control plane of cluster 'prod' on $($hosts -join ', ')*"
        Assert-Key later kept
    }

    It 'puts everything back on Ctrl+C in the middle, and is over then' {
        $busy = Join-Path $TestDrive 'busy'
        Stop-PwshByCtrlC "$restore -Force -Verbose 4>&1 | ForEach-Object { if (`"`$_`" -eq 'Start etcd') { Set-Content '$busy' 1 } }" $busy -Seconds 240
        Assert-Key later kept
        Invoke-OnHosts 'ls /var/lib/clusterheal/restore/*/finished' | Should -BeLike '*finished*'
    }

    It 'restores, shows its progress, and reports' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$ModuleFile'; $restore -Force")
        $report = $shell.Invoke()[0].PSObject.BaseObject
        $shell.Streams.Error | Should -BeNullOrEmpty
        $report | Should -BeOfType ([ClusterHeal.ClusterRestoreReport])
        $report.Outcome | Should -Be 'Restored'
        $report.HostName | Should -Be $hosts
        Assert-Key kept later

        $progress = $shell.Streams.Progress.Where{ $_.Activity -eq 'Restoring prod' }
        $progress.StatusDescription | Should -Contain 'Prove etcd'
        $progress[-1].RecordType | Should -Be 'Completed'

        $report | Out-String -Width 140 | Should -Match "prod +Restored +$($report.ClusterId) +$($report.Revision) "
        $report.Steps | Out-String -Width 140 | Should -Match "s Pass +Prove etcd +cluster $($report.ClusterId)"
        $report.Steps.Where{ $_.Name -eq 'Read through the API servers' }.Message | Should -Be 'there are none on these hosts'
        Test-Path $report.LastSnapshotPath | Should -BeTrue
        $script:report = $report
    }

    It 'is undone by its report' {
        $undone = $script:report | Undo-EtcdRestore @HostLogin -Force
        $undone.Outcome | Should -Be 'Undone'
        $undone.Succeeded | Should -BeTrue
        Assert-Key later kept
    }

    It 'is undone once: a second time nothing is stopped, and that is said' {
        $before = Invoke-OnHosts 'systemctl show -p MainPID etcd'
        $undone = $script:report | Undo-EtcdRestore @HostLogin -Force -WarningVariable said -WarningAction SilentlyContinue
        $undone.Outcome | Should -Be 'Undone'
        "$said" | Should -BeLike '*lie in place on all hosts already*'
        Invoke-OnHosts 'systemctl show -p MainPID etcd' | Should -Be $before
    }
}

Describe 'What is meant by a restore' {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
    }

    It 'is never a folder of this machine when the settings are those of a host' {
        $settings = [pscustomobject]@{ Name = 'm1'; DataDirectory = "$TestDrive/data"; HostConnection = [ClusterHeal.HostConnection]@{ HostName = 'kubem00' } }
        { $settings | Restore-EtcdSnapshot -Path "$TestDrive/none.db" -Force -ErrorAction Stop } | Should -Throw '*settings of etcd on kubem00*' -ErrorId 'RestoreOptionsInvalid*'
        "$TestDrive/data" | Should -Not -Exist
    }

    It 'is looked for on this machine before any host is' {
        { Restore-EtcdSnapshot "$TestDrive/none.db" -HostName 192.0.2.1 -Force -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound*'
    }
}
