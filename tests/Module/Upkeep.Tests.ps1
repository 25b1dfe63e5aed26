# Leadership, defragmentation and alarms in a real pwsh, on a real etcd over TLS that `dotnet test` starts and tells of in the environment.

BeforeDiscovery {
    $noEtcd = -not $env:CLUSTERHEAL_TEST_ENDPOINT
}

Describe 'The upkeep of etcd' -Skip:$noEtcd {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
        $connection = @{
            Endpoint = $env:CLUSTERHEAL_TEST_ENDPOINT
            CaFile   = $env:CLUSTERHEAL_TEST_CA
            CertFile = $env:CLUSTERHEAL_TEST_CERT
            KeyFile  = $env:CLUSTERHEAL_TEST_KEY
        }
        $connectionText = "@{ Endpoint = '$($connection.Endpoint)'; CaFile = '$($connection.CaFile)'; CertFile = '$($connection.CertFile)'; KeyFile = '$($connection.KeyFile)' }"
        $id = (Get-EtcdMember @connection).Id

        # etcd's own gateway raises the alarm; etcdctl cannot.
        function Set-Alarm([string] $Alarm, [string] $Action = 'ACTIVATE') {
            $certificate = [Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPemFile($connection.CertFile, $connection.KeyFile)
            $body = @{ action = $Action; memberID = "$([Convert]::ToUInt64($id, 16))"; alarm = $Alarm } | ConvertTo-Json
            $null = Invoke-RestMethod "$($connection.Endpoint)/v3/maintenance/alarm" -Method Post -Body $body -Certificate $certificate -SkipCertificateCheck
        }
    }

    It 'shows with -WhatIf which member is defragmented, and touches nothing' {
        $size = (Get-EtcdMember @connection).DbSize
        $run = Invoke-Pwsh "`$etcd = $connectionText; Optimize-EtcdMember @etcd -Force -WhatIf | Format-Table"
        $shown = "$($run.Output)" -replace '\s+', ' '
        $shown | Should -BeLike "What if:*Defragment 'm1'*It is the only voter: the cluster serves nothing meanwhile.*etcd 'm1' of cluster '$($connection.Endpoint)'*Cluster*Steps*"
        (Get-EtcdMember @connection).DbSize | Should -Be $size
    }

    It 'asks before it blocks a member' {
        $run = Invoke-Pwsh "`$etcd = $connectionText; Optimize-EtcdMember @etcd"
        $run.Errors | Should -BeLike '*needs a confirmation*'
    }

    It 'takes members of Get-EtcdMember, and does nothing if there are none' {
        Get-EtcdMember @connection | Where-Object Name -eq 'nobody' | Optimize-EtcdMember @connection -Force | Should -BeNullOrEmpty
        $result = Get-EtcdMember @connection | Optimize-EtcdMember -Force
        $result | Should -BeOfType ([ClusterHeal.EtcdDefragmentation])
        $result.MemberId | Should -Be $id
        $result.DbSize | Should -Be (Get-EtcdMember @connection).DbSize
        $result | Out-String -Width 120 | Should -Match 'm1 +[\d.]+ MiB +[\d.]+ MiB +[\d.]+ [KM]iB +[\d.]+ s'
    }

    It 'says why nobody can take the leadership' {
        { Move-EtcdLeader @connection -ErrorAction Stop } | Should -Throw '*No other voter serves that could lead*' -ErrorId 'UpkeepRefused*'
        $move = Get-EtcdMember @connection | Move-EtcdLeader
        $move.IsMoved | Should -BeFalse
        $move | Out-String -Width 120 | Should -Match "m1 +m1 +$($move.RaftTerm) +0.0 s +False"
    }

    It 'clears an alarm, and shows before what it will do' {
        (Clear-EtcdAlarm @connection).Outcome | Should -Be 'NothingRaised'
        Set-Alarm NOSPACE
        $plan = Clear-EtcdAlarm @connection -Force -WhatIf
        $plan | Should -BeOfType ([ClusterHeal.EtcdAlarmPlan])
        $plan | Out-String -Width 120 | Should -Match 'clear the alarm NOSPACE'
        (Get-EtcdMember @connection).Alarms | Should -Be 'NOSPACE'
        $report = Clear-EtcdAlarm @connection -Force
        $report.Outcome | Should -Be 'Cleared'
        $report | Out-String -Width 120 | Should -Match 'Cleared +NOSPACE of m1'
        (Get-EtcdMember @connection).Alarms | Should -BeNullOrEmpty
    }

    It 'leaves CORRUPT where there is nothing to compare with' {
        Set-Alarm CORRUPT
        { Clear-EtcdAlarm @connection -Force -ErrorAction Stop } | Should -Throw '*there is nothing to compare its data with*' -ErrorId 'AlarmRefused*'
        (Get-EtcdMember @connection).Alarms | Should -Be 'CORRUPT'
        Set-Alarm CORRUPT DEACTIVATE
    }

    It 'completes endpoints by Tab' {
        $line = 'Clear-EtcdAlarm -Endpoint '
        (TabExpansion2 $line $line.Length).CompletionMatches.ListItemText | Should -Contain $connection.Endpoint
    }
}
