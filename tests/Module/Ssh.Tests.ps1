# A whole cluster in a pwsh of its own, reached in both ways: by a password where there is no ssh program, and by the system's ssh through a jump
# host. `dotnet test` starts the cluster and tells of it in the environment.

BeforeDiscovery { $noCluster = -not $env:CLUSTERHEAL_TEST_MASTERS }

Describe 'A cluster' -Skip:$noCluster {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        $masters = "'" + ($env:CLUSTERHEAL_TEST_MASTERS -replace ',', "', '") + "'"

        # Everything that a user would do in one session, and what came of it as one JSON text.
        $work = @"
`$InformationPreference = 'SilentlyContinue'
Connect-Cluster -Kubeconfig '$env:CLUSTERHEAL_TEST_KUBECONFIG' -ClusterName practice -HostName $masters @login | Out-Null
`$said = Get-ControlPlaneComponent -Component Etcd -Verbose 4>&1
`$snapshot = Save-EtcdSnapshot -Path (Join-Path '$TestDrive' "`$([guid]::NewGuid()).db")
`$well = Test-ClusterHealth -Wait -StableFor 2s -TimeoutSec 180 -Area ApiServer, Etcd, ControlPlane, Nodes -Quiet
`$drill = Invoke-FailureDrill Scheduler -ToleranceSec 6 -Force
`$restore = Restore-EtcdSnapshot -Path `$snapshot.Path -HostName $masters -Cluster practice -Confirm:`$false
`$again = Test-ClusterHealth -Wait -StableFor 2s -TimeoutSec 180 -Area ApiServer, Etcd, ControlPlane, Nodes -Quiet
[ordered]@{
    Said = "`$(`$said.Where{ `$_ -is [Management.Automation.VerboseRecord] })"; Found = @(`$said.Where{ `$_ -is [ClusterHeal.ComponentStatus] }).Count
    Checksum = "`$(`$snapshot.Checksum)"; Well = `$well; Drill = "`$(`$drill.Verdict)"; Restore = "`$(`$restore.Outcome)"; Again = `$again; Errors = "`$Error"
} | ConvertTo-Json -Compress
"@

        function Assert-AllWent($Run, [string] $Said) {
            $Run.ExitCode | Should -Be 0 -Because "$($Run.Output) $($Run.Errors)"
            $result = $Run.Output[-1] | ConvertFrom-Json
            $result.Said | Should -BeLike "*$Said*"
            $because = "$($result.Errors) $($Run.Errors)"
            $result.Found, $result.Checksum, $result.Well, $result.Drill, $result.Restore, $result.Again |
                Should -Be 3, 'Verified', $true, 'AsExpected', 'Restored', $true -Because $because
        }
    }

    It 'is tested, drilled and restored by SSH.NET with a password, without any ssh program' {
        Assert-AllWent -Said 'is reached by SshNet: there is no ssh program on the PATH' -Run (Invoke-Pwsh "
            `$env:PATH = ''
            `$credential = [pscredential]::new(`$env:CLUSTERHEAL_TEST_USER, (ConvertTo-SecureString `$env:CLUSTERHEAL_TEST_PASSWORD -AsPlainText -Force))
            `$login = @{ SshCredential = `$credential; SudoCredential = `$credential; SshOption = @{ UserKnownHostsFile = '$env:CLUSTERHEAL_TEST_KNOWN_HOSTS' } }
            $work")
    }

    It 'is tested, drilled and restored by the system''s ssh through a jump host that ssh_config names' {
        # ssh takes the home folder from the password database, so the user gets a mount namespace with the folder in its place.
        $script = Join-Path $TestDrive 'jump.ps1'
        Set-Content -LiteralPath $script -Value "Import-Module '$ModuleFile'; `$login = @{}; $work"
        $output = unshare --mount sh -c 'home=$(getent passwd "$(id -u)" | cut -d : -f 6); mkdir -p -m 700 "$home/.ssh"; mount --bind "$1" "$home/.ssh"; shift; exec "$@"' `
            sh $env:CLUSTERHEAL_TEST_SSH_FOLDER pwsh -NoProfile -NonInteractive -File $script 2> "$script.err"
        Assert-AllWent -Said 'is reached by OpenSsh: only ssh follows proxyjump of ssh_config' -Run (
            [pscustomobject]@{ Output = @($output); Errors = (Get-Content -Raw "$script.err"); ExitCode = $LASTEXITCODE })
        # By the word of sshd on a master: the logins came from the jump host.
        $master = $env:CLUSTERHEAL_TEST_MASTERS.Split(',')[0]
        Invoke-OnHost $master "journalctl -u ssh | grep 'Accepted publickey for root from $env:CLUSTERHEAL_TEST_JUMP'" | Should -Not -BeNullOrEmpty
    }

    It 'shows no password in any object, also when it is saved' {
        $password = $env:CLUSTERHEAL_TEST_PASSWORD
        $credential = [pscredential]::new($env:CLUSTERHEAL_TEST_USER, (ConvertTo-SecureString $password -AsPlainText -Force))
        $login = @{ SshCredential = $credential; SudoCredential = $credential; SshOption = @{ UserKnownHostsFile = $env:CLUSTERHEAL_TEST_KNOWN_HOSTS } }
        Import-Module $ModuleFile -Force
        $master = $env:CLUSTERHEAL_TEST_MASTERS.Split(',')[0]
        $found = @(Get-ControlPlaneComponent $master Etcd @login) + @(Get-EtcdConfiguration -HostName $master @login)
        $found.Count | Should -Be 2
        $file = Join-Path $TestDrive 'found.xml'
        $found | Export-Clixml $file
        Get-Content $file -Raw | Should -Not -Match 'SecureString|<SS|Password'
        $found | ConvertTo-Json -Depth 5 | Should -Not -Match 'SecureString|Password'
        # In the pipeline the next cmdlet logs in as the one before.
        ($found[0] | Get-ControlPlaneComponent -Component Etcd).State | Should -Be 'Running'
    }
}
