# Three hosts run, each with a systemd and an SSH server of its own, and an etcd member with TLS as a unit.
$hosts = (Import-PowerShellDataFile practice.psd1).HostName

$login = @{ UserName = 'root'; KeyFilePath = 'id_practice'; SshOption = @{ UserKnownHostsFile = "$PWD/known_hosts" } }

Get-ControlPlaneComponent $hosts Etcd @login
#? three members run: @($out | Where-Object State -eq Running).Count -eq 3

# How is a member set up?
Get-EtcdConfiguration -HostName $hosts[0] @login | Tee-Object -Variable etcd
#? these are the settings of the host's own member: $etcd.Name -eq 'kubem00'

# A backup through SSH. The keys are read on the host and stay in memory.
$etcd | Save-EtcdSnapshot -Path hosts.db
#? the checksum of the snapshot fits: $out.Checksum -eq 'Verified'

# One member is stopped for a minute. The host is told first to start it again, whatever happens to us.
Stop-ControlPlaneComponent $hosts[1] Etcd @login -For 1m -Confirm:$false -PassThru
#? it is stopped, and it is known when it heals: $out.State -eq 'Stopped' -and $out.HealsAt

# To stop a second one would end the quorum. It is refused.
Stop-ControlPlaneComponent $hosts[2] Etcd @login -For 1m -Confirm:$false
#? the refusal is because of the quorum: $problems[0].FullyQualifiedErrorId -like 'QuorumAtRisk*'

# Nobody starts the member again. Its host does.
$deadline = (Get-Date).AddMinutes(2)
do {
    Start-Sleep -Seconds 1
    $running = @(Get-ControlPlaneComponent $hosts Etcd @login | Where-Object State -eq Running)
} until ($running.Count -eq 3 -or (Get-Date) -gt $deadline)

Get-ControlPlaneComponent $hosts Etcd @login
#? three members run again: @($out | Where-Object State -eq Running).Count -eq 3
