# Five hosts run: three have a control plane and a member of etcd each, two are workers.
$practice = Import-PowerShellDataFile practice.psd1

$env:KUBECONFIG = "$PWD/admin.conf"

Connect-Cluster -Kubeconfig admin.conf -ClusterName practice

kubectl create -f nginx-deploy.yaml -f nginx-svc.yaml

kubectl rollout status deployment nginx --timeout=180s
#? nginx runs: $exitCode -eq 0

Get-NodeStatus
#? both workers are Ready: @($out | Where-Object IsReady).Count -eq 2

Get-PodPlacement -Namespace default | Tee-Object -Variable before
#? nginx runs on both workers: @($before.NodeName | Sort-Object -Unique).Count -eq 2

(Invoke-WebRequest "http://$($practice.Worker[0]):30080" -MaximumRetryCount 20 -RetryIntervalSec 1).Content -match 'Welcome to nginx!'
#? nginx answers: $out -eq $true

# A budget says that all three pods have to be there. What would a drain do?
kubectl create -f budget.yaml

$deadline = (Get-Date).AddMinutes(1)
do { $plan = Get-NodeDrainPlan kubew01 } while ($plan.WillComplete -and (Get-Date) -lt $deadline)

$plan.Pods
#? the plan predicts that the budget blocks: -not $plan.WillComplete

$plan.Budgets.Remedy

# The plan is right. The drain waits for the budget, gives up in time, and takes its cordon back.
Invoke-NodeDrain kubew01 -TimeoutSec 5 -ResumeOnFailure -Confirm:$false
#? the drain gives up: $problems.Count -gt 0

# With one replica more there is room. The drain now waits until the pods are Ready elsewhere.
kubectl scale deployment nginx --replicas=4

kubectl rollout status deployment nginx --timeout=180s

Invoke-NodeDrain kubew01 -TimeoutSec 120 -WaitForReplacement -Confirm:$false
#? the drain succeeds: $problems.Count -eq 0

Get-PodPlacement -Namespace default -ChangedSince $before
#? pods have changed their place: @($out).Count -gt 0

# After the maintenance the node takes pods again. Those that left do not come back by themselves.
Resume-NodeScheduling kubew01 -PassThru

Get-PodPlacement -Namespace default
#? pods are not moved back: @($out).NodeName -notcontains 'kubew01'
