# The cmdlets about hosts in a real pwsh, against practice hosts that `dotnet test` starts and tells of in the environment: three of them,
# with a member of etcd each, as units.

BeforeDiscovery {
    $noHosts = -not $env:CLUSTERHEAL_TEST_HOSTS
    $quick = -not $env:CLUSTERHEAL_TEST_ALL
}

Describe 'Live hosts' -Skip:$noHosts {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
        $hosts = $env:CLUSTERHEAL_TEST_HOSTS.Split(',')
        function Get-HostAnswer([string] $Command) { Invoke-OnHost $hosts[0] $Command }
        $timers = "systemctl list-timers --plain --no-legend 'clusterheal-*'"

        function Wait-Etcd {
            $patience = [datetime]::UtcNow.AddMinutes(3)
            while (($hosts | Get-ControlPlaneComponent -Component Etcd @HostLogin).Where{ $_.State -ne 'Running' -or -not $_.IsListening }) {
                if ([datetime]::UtcNow -gt $patience) { throw 'After three minutes etcd does not run on all hosts.' }
                Start-Sleep -Milliseconds 200
            }
        }
    }

    BeforeEach { Wait-Etcd }

    It 'are looked at from the pipeline' {
        $found = $hosts | Get-ControlPlaneComponent -Component Etcd @HostLogin
        $found | Should -BeOfType ([ClusterHeal.ComponentStatus])
        $found.HostName | Sort-Object | Should -Be ($hosts | Sort-Object)
        $found.UnitName | Select-Object -Unique | Should -Be 'etcd.service'
    }

    It 'are one host each, however their names are spelled' {
        $spelled = @($hosts[0], "$($hosts[0]).", "::ffff:$($hosts[0])", $hosts[1])
        ($spelled | Get-ControlPlaneComponent -Component Etcd @HostLogin).HostName | Sort-Object | Should -Be ($hosts[0, 1] | Sort-Object)
    }

    It 'tell their configuration, and a snapshot is saved and proven in one pipeline' {
        $file = Join-Path $TestDrive 'b.db'
        $snapshot = Get-EtcdConfiguration -HostName $hosts[0] @HostLogin | Save-EtcdSnapshot -Path $file
        $snapshot.Checksum | Should -Be 'Verified'
        $snapshot | Test-EtcdSnapshot -Quiet | Should -BeTrue
        Get-EtcdConfiguration -HostName $hosts[0] @HostLogin | Get-EtcdMember | Select-Object -ExpandProperty Name | Sort-Object | Should -Be 'm0', 'm1', 'm2'
    }

    It 'are backed up by the sample, through the first host that answers, with proof' -Skip:$quick {
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive 'kept')).FullName
        $config = Join-Path $TestDrive 'ssh_config'
        Set-Content $config "Host *`n  UserKnownHostsFile $env:CLUSTERHEAL_TEST_KNOWN_HOSTS"
        $arguments = '-HostName', "no-such-host.invalid,$($hosts[1])", '-Directory', $folder, '-UserName', 'root', '-KeyFilePath', $env:CLUSTERHEAL_TEST_SSH_KEY, '-SshConfigFile', $config
        $run = Invoke-PwshFile "$Repository/docs/samples/Backup-Etcd.ps1" $arguments
        $run.ExitCode | Should -Be 0 -Because ("$($run.Output) $($run.Errors)")
        $steps = @($run.Output | ConvertFrom-Json)
        $steps[0].status, $steps[0].from | Should -Be 'failed', 'no-such-host.invalid'
        $steps[0].errorId | Should -BeLike 'SshUnreachable*'
        $steps[1].status, $steps[1].from | Should -Be 'ok', $hosts[1]
        $steps.Where{ $_.check -eq 'Restore' }.status | Should -Be 'ok'
        $saved = Get-ChildItem $folder -Filter *.db
        $saved.Count | Should -Be 1
        Test-EtcdSnapshot $saved.FullName -Quiet | Should -BeTrue
    }

    It 'show with -WhatIf host, mechanism and action, and do nothing' -Skip:$quick {
        $before = Get-HostAnswer "systemctl show -p MainPID --value etcd; ls -laR /var/lib/clusterheal 2>&1"
        $shown = (Invoke-Pwsh "`$HostLogin = $HostLoginText; Stop-ControlPlaneComponent '$($hosts[0])' Etcd @HostLogin -WhatIf; Stop-ControlPlaneComponent '$($hosts[0])' Etcd @HostLogin -WhatIf -For 90s").Output -join "`n"
        $shown | Should -Match 'What if:'
        $shown | Should -Match ([regex]::Escape($hosts[0]))
        $shown | Should -Match 'systemctl stop etcd.service'
        $shown | Should -Match '00:15:00'
        # PowerShell reads 90s as the number 90.
        $shown | Should -Match '00:01:30'
        Get-HostAnswer "systemctl show -p MainPID --value etcd; ls -laR /var/lib/clusterheal 2>&1" | Should -Be $before
    }

    It 'stop, and start again from the record of the stop' {
        $stopped = Stop-ControlPlaneComponent $hosts[0] Etcd @HostLogin -For 10m -Confirm:$false -PassThru -WarningVariable said -WarningAction SilentlyContinue
        $stopped.State | Should -Be 'Stopped'
        $stopped.HealsAt | Should -BeGreaterThan ([DateTimeOffset]::UtcNow.AddMinutes(7))
        "$said" | Should -BeLike "*$($stopped.HealTimer)*"
        Get-HostAnswer $timers | Should -BeLike "*$($stopped.HealTimer)*"

        $started = $stopped | Start-ControlPlaneComponent -Confirm:$false -PassThru -Wait
        $started.State | Should -Be 'Running'
        $started.HealsAt | Should -BeNullOrEmpty
        Get-HostAnswer $timers | Should -BeNullOrEmpty
    }

    It 'restart from the pipeline, one after the other, with a new process each' {
        $before = $hosts[0, 1] | Get-ControlPlaneComponent -Component Etcd @HostLogin
        $after = $before | Restart-ControlPlaneComponent -Confirm:$false -PassThru -Wait
        $after.State | Select-Object -Unique | Should -Be 'Running'
        foreach ($one in $before) { $after.Where{ $_.HostName -eq $one.HostName }.ProcessId | Should -Not -Be $one.ProcessId }
    }

    It 'have the timer armed after a Ctrl+C during a stop, and the output says so' {
        $said = Join-Path $TestDrive 'said'
        $begun = Join-Path $env:CLUSTERHEAL_TEST_HOST_DISK 'var/lib/stopping'
        $null = Get-HostAnswer 'touch /var/lib/slow'
        try {
            Stop-PwshByCtrlC -BusyFile $begun -Script "`$HostLogin = $HostLoginText; Stop-ControlPlaneComponent '$($hosts[0])' Etcd @HostLogin -For 10m -Confirm:`$false *> '$said'"
        }
        finally { $null = Get-HostAnswer 'rm -f /var/lib/slow /var/lib/stopping' }
        (Get-Content $said -Raw) -replace '\s+', ' ' | Should -Match 'the host starts it again by itself at .* \(timer clusterheal-heal-etcd_'
        Get-HostAnswer $timers | Should -Match 'clusterheal-heal-etcd_'

        # The lock of an operation that ended in order is free.
        Start-ControlPlaneComponent $hosts[0] Etcd @HostLogin -Confirm:$false -Wait
        Get-HostAnswer $timers | Should -BeNullOrEmpty
        Get-HostAnswer 'systemctl is-active etcd' | Should -Be 'active'
    }

    It 'have the component back after a Ctrl+C during a stop without a timer, and the output says so' -Skip:$quick {
        $said = Join-Path $TestDrive 'said-too'
        $begun = Join-Path $env:CLUSTERHEAL_TEST_HOST_DISK 'var/lib/stopping'
        $null = Get-HostAnswer 'touch /var/lib/slow'
        try {
            Stop-PwshByCtrlC -BusyFile $begun -Script "`$HostLogin = $HostLoginText; Stop-ControlPlaneComponent '$($hosts[0])' Etcd @HostLogin -For 0 -Force -Confirm:`$false *> '$said'"
        }
        finally { $null = Get-HostAnswer 'rm -f /var/lib/slow /var/lib/stopping' }
        (Get-Content $said -Raw) -replace '\s+', ' ' | Should -Match 'A stop that is interrupted here is undone at once'
        Get-HostAnswer 'systemctl is-active etcd' | Should -Be 'active'
        Get-HostAnswer 'cat /var/lib/clusterheal/stopped/* 2>/dev/null' | Should -BeNullOrEmpty
    }
}
