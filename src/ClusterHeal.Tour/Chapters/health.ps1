# The same cluster, with its control-plane hosts.
$practice = Import-PowerShellDataFile practice.psd1

$login = @{ UserName = 'root'; KeyFilePath = 'id_practice'; SshOption = @{ UserKnownHostsFile = "$PWD/known_hosts" } }

Connect-Cluster -Kubeconfig admin.conf -ClusterName practice -HostName $practice.HostName @login

# Is the cluster well? Each API server is asked by itself, etcd through a host, and leases are aged by the server's clock.
Test-ClusterHealth ApiServer, Etcd, ControlPlane, Nodes
#? every check passes: @($out).Count -gt 0 -and -not ($out | Where-Object Status -ne Pass)

# One member of etcd of three is stopped. Everything goes on, so nobody notices. But the next failure would be the last.
$lost = $practice.HostName[1]
Stop-ControlPlaneComponent $lost Etcd @login -For 10m -Confirm:$false
#? the member is stopped: $problems.Count -eq 0

# A leader beside the lost member hands over first. That takes some seconds.
$deadline = (Get-Date).AddMinutes(3)
do {
    $bad = @(Test-ClusterHealth | Where-Object Status -in Fail, Warning)
} until (-not (Compare-Object @($bad.Name | Sort-Object -Unique) ApiServerReady, EtcdMembers, EtcdQuorum, HostComponents) -or (Get-Date) -gt $deadline)

$bad
#? the lost member is found, and nothing but what it carries: -not (Compare-Object @($bad.Name | Sort-Object -Unique) ApiServerReady, EtcdMembers, EtcdQuorum, HostComponents)

($bad | Where-Object Name -eq EtcdMembers).Remedy

# That is done. Then the cluster is waited for until it has been well for some seconds.
Start-ControlPlaneComponent $lost Etcd @login
#? the member is started: $problems.Count -eq 0

Test-ClusterHealth -Wait -StableFor 3s -TimeoutSec 120 -Quiet
#? the cluster is well again: $out -eq $true
