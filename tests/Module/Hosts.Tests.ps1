# The cmdlets about hosts in a real pwsh. Practice hosts are booted by the .NET tests; here are the promises that need no host.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $ModuleFile -Force
    # A port of this machine on which nothing listens.
    $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
    $listener.Start()
    $port = $listener.LocalEndpoint.Port
    $listener.Stop()
    $login = @{ UserName = 'nobody'; Port = $port; SshOption = @{ UserKnownHostsFile = '/dev/null' } }
}

Describe 'Hosts that cannot be reached' {
    It 'are one error each, with id, target and what to do next' {
        $out = Get-ControlPlaneComponent -HostName 127.0.0.1, localhost @login -ErrorAction SilentlyContinue -ErrorVariable problem
        $out | Should -BeNullOrEmpty
        $problem.Count | Should -Be 2
        $problem.FullyQualifiedErrorId | Should -BeLike 'SshRefused,*'
        $problem.TargetObject | Sort-Object | Should -Be '127.0.0.1', 'localhost'
        $problem[0].ErrorDetails.RecommendedAction | Should -Match '-Port'
        "$($problem[0])" | Should -Match 'Nothing was run there'
    }

    It 'come through the pipeline, too' {
        '127.0.0.1', 'localhost' | Get-NodeComponent @login -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem.Count | Should -Be 2
    }

    It 'are an error where etcd is to be compared with through them' {
        $snapshot = Join-Path $Repository 'tests/Fixtures/etcd/snap.db'
        $out = Test-EtcdSnapshot $snapshot -Endpoint 127.0.0.1:2379 -CaFile /etc/ca.crt -HostName 127.0.0.1 @login -ErrorAction SilentlyContinue -ErrorVariable problem
        $out | Should -BeNullOrEmpty
        $problem.FullyQualifiedErrorId | Should -BeLike 'SshRefused,*'
        $out = Test-EtcdSnapshot $snapshot -HostName 127.0.0.1 @login -ErrorAction SilentlyContinue -ErrorVariable problem
        $out | Should -BeNullOrEmpty
        $problem.FullyQualifiedErrorId | Should -BeLike 'SshRefused,*' -Because 'it is the etcd that is set up there'
    }

    It 'are an error with -WhatIf, which looks at the live host' {
        Stop-ControlPlaneComponent 127.0.0.1 Scheduler @login -WhatIf -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem.FullyQualifiedErrorId | Should -BeLike 'SshRefused,*'
    }
}

Describe 'Parameters' {
    It 'complete the components that the cmdlet is for' {
        $line = 'Stop-ControlPlaneComponent -HostName h -Component '
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText |
            Sort-Object | Should -Be 'ApiServer', 'ControllerManager', 'Etcd', 'Scheduler'
        { Stop-ControlPlaneComponent -HostName h -Component Kubelet -WhatIf } | Should -Throw -ErrorId 'ParameterArgumentTransformationError*'
    }

    It 'take a duration as people write it' -TestCases @(
        @{ Value = '90s'; Seconds = 90 }, @{ Value = '10m'; Seconds = 600 }, @{ Value = '2h'; Seconds = 7200 }
        @{ Value = 5; Seconds = 5 }, @{ Value = 0; Seconds = 0 }, @{ Value = [timespan]::FromSeconds(7); Seconds = 7 }
    ) {
        $attribute = (Get-Command Stop-NodeComponent).Parameters['For'].Attributes.Where{ $_.GetType().Name -eq 'DurationAttribute' }
        $attribute[0].Transform($null, $Value).TotalSeconds | Should -Be $Seconds
    }

    It 'refuse a host name that is none, and run nothing' {
        Get-NodeComponent -HostName '$(touch hurt)' -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem.FullyQualifiedErrorId | Should -BeLike 'HostNameInvalid,*'
    }
}

Describe 'The view' {
    It 'shows when the host heals by itself' {
        $status = [ClusterHeal.ComponentStatus]::new()
        $status.GetType().GetProperty('HostName').SetValue($status, 'kubem00')
        $status.GetType().GetProperty('HealsAt').SetValue($status, [DateTimeOffset]'2026-11-22T16:20:11Z')
        $local = ([DateTimeOffset] '2026-11-22T16:20:11Z').ToLocalTime().ToString('HH:mm:sszzz')
        $status | Out-String -Width 200 | Should -BeLike "*kubem00 *$local*"
    }
}
