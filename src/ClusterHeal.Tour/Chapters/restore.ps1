# Three hosts run, with an etcd member each, as units of systemd.
$hosts = (Import-PowerShellDataFile practice.psd1).HostName

# A host without power has to be noticed within seconds here, so ssh asks often.
$options = @{ UserKnownHostsFile = "$PWD/known_hosts"; ServerAliveInterval = 2; ConnectTimeout = 4 }
$login = @{ UserName = 'root'; KeyFilePath = 'id_practice'; SshOption = $options }

# A deployment is saved, and then somebody deletes it.
ssh -F ssh_config kubem00 etcdctl put /registry/deployments/default/nginx nginx
#? it is written: $exitCode -eq 0

Get-EtcdConfiguration -HostName $hosts[0] @login | Save-EtcdSnapshot -Path nginx.db
#? the checksum of the snapshot fits: $out.Checksum -eq 'Verified'

ssh -F ssh_config kubem00 etcdctl del /registry/deployments/default/nginx
#? it is deleted: $out -eq 1

# Back to the snapshot, on all hosts. Nothing is stopped before everything is proven to be possible. Nothing is deleted.
Restore-EtcdSnapshot nginx.db -HostName $hosts -ClusterName practice @login -Confirm:$false | Tee-Object -Variable report
#? the restore succeeds: $report.Outcome -eq 'Restored'

$report.Steps

ssh -F ssh_config kubem02 etcdctl get /registry/deployments/default/nginx
#? the deployment is back: $out -contains 'nginx'

# Work goes on. Then another restore begins, and while etcd is down, the third host loses its power.
ssh -F ssh_config kubem00 etcdctl put /registry/deployments/default/later later
#? it is written: $exitCode -eq 0

#! lose-power kubem02 when etcd stops
Restore-EtcdSnapshot nginx.db -HostName $hosts -ClusterName practice @login -Confirm:$false | Tee-Object -Variable report
#? everything is put back: $report.Outcome -eq 'PutBack'
#? an error says so: $problems.FullyQualifiedErrorId -like 'RestorePutBack*'

# The cluster runs as before on two hosts. The third one gets its power back, and joins them by itself.
#! power-on kubem02
ssh -F ssh_config kubem02 etcdctl get /registry/deployments/ --prefix --keys-only
#? nothing that was written is lost: $out -contains '/registry/deployments/default/later'

ssh -F ssh_config kubem02 etcdctl endpoint health --cluster
#? three members are healthy: $exitCode -eq 0
