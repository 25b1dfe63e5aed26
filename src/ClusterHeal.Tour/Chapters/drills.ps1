# The same cluster, with its control-plane hosts.
$practice = Import-PowerShellDataFile practice.psd1

$login = @{ UserName = 'root'; KeyFilePath = 'id_practice'; SshOption = @{ UserKnownHostsFile = "$PWD/known_hosts" } }

Connect-Cluster -Kubeconfig admin.conf -ClusterName practice -HostName $practice.HostName @login

# All schedulers are stopped. A pod that waits proves something only when another scheduler would have had the time to take over.
$report = Invoke-FailureDrill Scheduler -ToleranceSec 5 -Force

$report.Hypotheses

"$($report.Verdict): $($report.Reason)"
#? the drill sees what it expects: $report.Verdict -eq 'AsExpected'

# A worker is drained, as for maintenance, and returned.
$report = Invoke-FailureDrill NodeMaintenance -ToleranceSec 5 -Force

$report.Hypotheses

"$($report.Verdict): $($report.Reason)"
#? the drill sees what it expects: $report.Verdict -eq 'AsExpected'

# Is all as it was? Somebody else than the drill is asked.
Test-ClusterHealth ApiServer, ControlPlane, Nodes
#? no check fails: @($out).Count -gt 0 -and -not ($out | Where-Object Status -eq Fail)
