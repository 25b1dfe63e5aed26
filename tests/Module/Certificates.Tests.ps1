# The renewal of certificates in a real pwsh, on practice hosts with an etcd of units, that `dotnet test` boots and tells of in the environment.

BeforeDiscovery {
    $noHosts = -not $env:CLUSTERHEAL_TEST_HOSTS
}

Describe 'The renewal of certificates' -Skip:$noHosts {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
        $hosts = $env:CLUSTERHEAL_TEST_HOSTS.Split(',')
        $names = "'$($hosts -join "', '")'"
        $renew = "`$login = $HostLoginText; Update-ControlPlaneCertificate $names -ClusterName prod @login"
    }

    It 'does nothing if no certificate runs out' {
        $report = Update-ControlPlaneCertificate $hosts -ClusterName prod @HostLogin
        $report | Should -BeOfType ([ClusterHeal.CertificateRenewalReport])
        $report.Outcome | Should -Be 'NotNeeded'
        $report | Out-String -Width 140 | Should -Match 'prod +NotNeeded +0 +0 '
    }

    It 'shows its plan with -WhatIf, and touches nothing' {
        $run = Invoke-Pwsh "$renew -Within 3650d -Force -WhatIf"
        "$($run.Output)" | Should -BeLike "What if:*Renew $($hosts[2]):/etc/etcd/pki/peer.crt (CN=m2, signed by CN=etcd-ca)*"
        "$($run.Output)" | Should -BeLike "*Restart one after the other*Etcd on $($hosts[0])*"
        Invoke-OnHost $hosts[0] 'ls /var/lib/clusterheal/certificates 2>/dev/null' | Should -BeNullOrEmpty
    }

    It 'asks, and without an answer does nothing' {
        $run = Invoke-Pwsh "$renew -Within 3650d"
        $run.Errors | Should -BeLike '*-Confirm:$false*'
        Invoke-OnHost $hosts[0] 'ls /var/lib/clusterheal/certificates 2>/dev/null' | Should -BeNullOrEmpty
    }

    It 'is refused if the authority is an external one' {
        $hosts.ForEach{ Invoke-OnHost $_ 'mv /etc/etcd/pki/ca.key /root' }
        try {
            { Update-ControlPlaneCertificate $hosts -Within 3650d -Force @HostLogin -ErrorAction Stop } |
                Should -Throw "*the key of its authority 'CN=etcd-ca' is on none of the hosts (looked for '/etc/etcd/pki/ca.key')*Nothing was touched.*" -ErrorId 'CertificateRenewalRefused*'
        }
        finally {
            $hosts.ForEach{ Invoke-OnHost $_ 'mv /root/ca.key /etc/etcd/pki' }
        }
    }

    It 'gives the former files back on Ctrl+C in the middle, and is over then' {
        $before = Invoke-OnHost $hosts[0] 'sha256sum /etc/etcd/pki/*'
        $busy = Join-Path $TestDrive 'busy'
        Stop-PwshByCtrlC "$renew -Within 3650d -Force -Verbose 4>&1 | ForEach-Object { if (`"`$_`" -like 'Start Etcd on *') { Set-Content '$busy' 1 } }" $busy -Seconds 240
        Invoke-OnHost $hosts[0] 'sha256sum /etc/etcd/pki/*' | Should -Be $before
        Invoke-OnHost $hosts[0] 'ls /var/lib/clusterheal/certificates/*/finished' | Should -BeLike '*finished*'
        (Get-EtcdMember -HostName $hosts[0] @HostLogin).IsHealthy | Should -Be @($true, $true, $true)
    }
}
