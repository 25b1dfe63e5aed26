# The same cluster. nginx runs on both workers.
$practice = Import-PowerShellDataFile practice.psd1

$login = @{ UserName = 'root'; KeyFilePath = 'id_practice'; SshOption = @{ UserKnownHostsFile = "$PWD/known_hosts" } }

$env:KUBECONFIG = "$PWD/admin.conf"

Connect-Cluster -Kubeconfig admin.conf -ClusterName practice

kubectl create -f nginx-deploy.yaml -f nginx-svc.yaml

kubectl rollout status deployment nginx --timeout=180s
#? nginx runs: $exitCode -eq 0

Get-PodPlacement -Namespace default
#? nginx runs on kubew02: $out.NodeName -contains 'kubew02'

# The kubelet of kubew02 is stopped. After some seconds of silence the node is no longer Ready.
Stop-NodeComponent $practice.Worker[1] Kubelet @login -For 10m -Confirm:$false
#? the kubelet is stopped: $problems.Count -eq 0

Wait-NodeStatus kubew02 NotReady -TimeoutSec 90
#? the node is not Ready: @($out).Count -eq 1 -and $problems.Count -eq 0

# Its pods tolerate that for a while. Then others take their place. The old ones stay Terminating: nobody is there to end them.
$deadline = (Get-Date).AddMinutes(3)
do {
    Start-Sleep -Milliseconds 500
    $serving = @(Get-PodPlacement -Namespace default | Where-Object { $_.IsReady -and $_.NodeName -ne 'kubew02' })
} until ($serving.Count -eq 3 -or (Get-Date) -gt $deadline)

Get-PodPlacement -Namespace default
#? all three pods run on the other worker: $serving.Count -eq 3

(Invoke-WebRequest "http://$($practice.Worker[1]):30080" -MaximumRetryCount 20 -RetryIntervalSec 1).Content -match 'Welcome to nginx!'
#? nginx answers at the lost worker too: $out -eq $true

# The kubelet returns. The node is Ready, the old pods end, and nothing moves back.
Start-NodeComponent $practice.Worker[1] Kubelet @login

Wait-NodeStatus kubew02 Ready -TimeoutSec 90
#? the node is Ready: @($out).Count -eq 1 -and $problems.Count -eq 0

$deadline = (Get-Date).AddMinutes(3)
do {
    Start-Sleep -Milliseconds 500
    $pods = @(Get-PodPlacement -Namespace default)
} until ($pods.Count -eq 3 -or (Get-Date) -gt $deadline)

Get-PodPlacement -Namespace default
#? nothing moves back: @($out).Count -eq 3 -and $out.NodeName -notcontains 'kubew02'
