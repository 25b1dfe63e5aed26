# The same cluster, with its control-plane hosts.
$practice = Import-PowerShellDataFile practice.psd1

$login = @{ UserName = 'root'; KeyFilePath = 'id_practice'; SshOption = @{ UserKnownHostsFile = "$PWD/known_hosts" } }

Connect-Cluster -Kubeconfig admin.conf -ClusterName practice -HostName $practice.HostName @login

# Three things happen in one night: a member of etcd loses its data, and elsewhere a scheduler and a controller manager are down.
ssh -F ssh_config kubem02 'systemctl stop etcd && mv /var/lib/etcd/member /root/lost-member'
ssh -F ssh_config kubem00 systemctl stop kube-scheduler
ssh -F ssh_config kubem01 systemctl stop kube-controller-manager
#? that is so: $problems.Count -eq 0 -and $exitCode -eq 0

# What is the plan? One cause explains many failed checks, and is repaired alone.
$deadline = (Get-Date).AddMinutes(2)
do {
    $plan = Repair-Cluster -WhatIf
} until (@($plan.Steps).Count -eq 3 -or (Get-Date) -gt $deadline)

$plan
#? it has three steps, etcd first: @($plan.Steps).Count -eq 3 -and $plan.Steps[0].Action -like 'Repair the etcd member*'
#? the API server that lost its etcd is a symptom: $plan.Symptoms.Name -contains 'ApiServerReady'

# One yes. Before and after each step the cluster is tested again.
Repair-Cluster -Confirm:$false | Tee-Object -Variable report
#? all is repaired: $report.Succeeded

$report.Steps

Test-ClusterHealth ApiServer, Etcd, ControlPlane, Nodes -Quiet
#? the cluster is well again: $out -eq $true

# What ran is on record, on this machine and on the hosts.
Get-ClusterOperation | Select-Object -Last 4
#? nothing is left to be undone: $out.State -notcontains 'Left'

ssh -F ssh_config kubem02 rm -r /root/lost-member
