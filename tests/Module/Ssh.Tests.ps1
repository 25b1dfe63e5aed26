# A whole cluster in a pwsh of its own, reached in both ways: by a password where there is no ssh program, and by the system's ssh through a jump
# host. `dotnet test` starts the cluster and tells of it in the environment.

BeforeDiscovery {
    $noCluster = -not $env:CLUSTERHEAL_TEST_MASTERS
}

Describe 'A cluster' -Skip:$noCluster {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"

        # What a user would do in one session, and what came of it as one JSON text.
        function Get-Work {
            $masters = "'" + ($env:CLUSTERHEAL_TEST_MASTERS -replace ',', "', '") + "'"
            $healthy = 'Test-ClusterHealth -Wait -StableFor 2s -TimeoutSec 180 -Area ApiServer, Etcd, ControlPlane, Nodes -Quiet'
            @"
`$InformationPreference = 'SilentlyContinue'
Connect-Cluster -Kubeconfig '$env:CLUSTERHEAL_TEST_KUBECONFIG' -ClusterName practice -HostName $masters @login | Out-Null
`$said = Get-ControlPlaneComponent -Component Etcd -Verbose 4>&1
`$snapshot = Save-EtcdSnapshot -Path (Join-Path '$TestDrive' "`$([guid]::NewGuid()).db")
`$result = [ordered]@{
    Said = "`$(`$said.Where{ `$_ -is [Management.Automation.VerboseRecord] })"
    Found = @(`$said.Where{ `$_ -is [ClusterHeal.ComponentStatus] }).Count
    Checksum = "`$(`$snapshot.Checksum)"
    Healthy = $healthy
}
`$result.Drill = "`$((Invoke-FailureDrill Scheduler -ToleranceSec 6 -Force).Verdict)"
`$result.Restore = "`$((Restore-EtcdSnapshot -Path `$snapshot.Path -HostName $masters -ClusterName practice -Confirm:`$false).Outcome)"
`$result.HealthyAgain = $healthy
`$result.Errors = "`$Error"
`$result | ConvertTo-Json -Compress
"@
        }

        function Assert-AllWent($Run, [string] $Said) {
            $Run.ExitCode | Should -Be 0 -Because "$($Run.Output) $($Run.Errors)"
            $result = $Run.Output[-1] | ConvertFrom-Json
            $because = "$($result.Errors) $($Run.Errors)"
            $result.Said | Should -BeLike "*$Said*"
            $result.Found, $result.Checksum, $result.Healthy | Should -Be 3, 'Verified', $true -Because $because
            $result.Drill, $result.Restore, $result.HealthyAgain | Should -Be 'AsExpected', 'Restored', $true -Because $because
        }
    }

    It 'is tested, drilled and restored by SSH.NET with a password, without any ssh program' {
        $run = Invoke-Pwsh "
            `$env:PATH = ''
            `$credential = [pscredential]::new(`$env:CLUSTERHEAL_TEST_USER, (ConvertTo-SecureString `$env:CLUSTERHEAL_TEST_PASSWORD -AsPlainText -Force))
            `$login = @{ SshCredential = `$credential; SudoCredential = `$credential; SshOption = @{ UserKnownHostsFile = '$env:CLUSTERHEAL_TEST_KNOWN_HOSTS' } }
            $(Get-Work)"
        Assert-AllWent $run -Said 'is reached by SshNet: there is no ssh program on the PATH'
    }

    It 'is reached by the system''s ssh through a jump host that ssh_config names' {
        # ssh takes the home folder from the password database, so the user gets a mount namespace with the folder in its place.
        $script = Join-Path $TestDrive 'jump.ps1'
        Set-Content -LiteralPath $script -Value "Import-Module '$ModuleFile'; `$login = @{}; $(Get-Work)"
        $asUser = 'home=$(getent passwd "$(id -u)" | cut -d : -f 6); mkdir -p -m 700 "$home/.ssh"; mount --bind "$1" "$home/.ssh"; shift; exec "$@"'
        $output = unshare --mount sh -c $asUser sh $env:CLUSTERHEAL_TEST_SSH_FOLDER pwsh -NoProfile -NonInteractive -File $script 2> "$script.err"
        $run = [pscustomobject]@{ Output = @($output); Errors = (Get-Content -Raw "$script.err"); ExitCode = $LASTEXITCODE }
        Assert-AllWent $run -Said 'is reached by OpenSsh: only ssh follows proxyjump of ssh_config'
        # By the word of sshd on a master: the logins came from the jump host.
        $master = $env:CLUSTERHEAL_TEST_MASTERS.Split(',')[0]
        Invoke-OnHost $master "journalctl -u ssh | grep 'Accepted publickey for root from $env:CLUSTERHEAL_TEST_JUMP'" | Should -Not -BeNullOrEmpty
    }
}
