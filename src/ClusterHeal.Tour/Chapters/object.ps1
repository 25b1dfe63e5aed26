# The same cluster. nginx runs, and its settings are in a config map.
$practice = Import-PowerShellDataFile practice.psd1

$login = @{ UserName = 'root'; KeyFilePath = 'id_practice'; SshOption = @{ UserKnownHostsFile = "$PWD/known_hosts" } }

$env:KUBECONFIG = "$PWD/admin.conf"

Connect-Cluster -Kubeconfig admin.conf -ClusterName practice

kubectl create -f nginx-deploy.yaml -f nginx-svc.yaml

'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"nginx"},"data":{"level":"info"}}' | kubectl create -f -
#? it is created: $exitCode -eq 0

kubectl rollout status deployment nginx --timeout=180s
#? nginx runs: $exitCode -eq 0

Get-EtcdConfiguration -HostName $practice.HostName[0] @login | Save-EtcdSnapshot -Path backup.db
#? the checksum of the snapshot fits: $out.Checksum -eq 'Verified'

# Work goes on: the settings change. Then somebody deletes the deployment by mistake.
kubectl patch configmap nginx --type=merge --patch '{"data":{"level":"debug"}}'
#? it is changed: $exitCode -eq 0

kubectl delete deployment nginx --timeout=180s
#? it is deleted: $exitCode -eq 0

# What would a restore of the whole backup do to these two?
Compare-EtcdSnapshot backup.db -Namespace default -Kind Deployment, ConfigMap -Name nginx | Tee-Object -Variable differences
#? the deployment would come back: ($differences | Where-Object Change -eq Deleted).Resource -eq 'deployments'
#? and the new settings would be lost: ($differences | Where-Object Change -eq Changed).Resource -eq 'configmaps'

# So the deployment comes back alone. First a trial: the API server says what it would do, and changes nothing.
Get-EtcdSnapshotObject backup.db -Kind Deployment -Namespace default -Name nginx | Restore-ClusterObject -WhatIf
#? it could be created: @($out | Where-Object Outcome -eq CouldBeCreated).Count -eq 1

Get-EtcdSnapshotObject backup.db -Kind Deployment -Namespace default -Name nginx | Restore-ClusterObject -Confirm:$false
#? it is created: $out.Outcome -eq 'Created'

kubectl rollout status deployment nginx --timeout=180s
#? nginx runs again: $exitCode -eq 0

kubectl get configmap nginx -o 'jsonpath={.data.level}'
#? what happened since the backup stays: $out -eq 'debug'
