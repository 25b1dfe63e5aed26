# Three real etcd members run on this machine, with TLS. They hold the objects of a Kubernetes cluster.
$practice = Import-PowerShellDataFile practice.psd1

$etcd = @{ Endpoint = $practice.Endpoint; CaFile = 'ca.crt'; CertFile = 'client.crt'; KeyFile = 'client.key' }

# Every member answers for itself.
Get-EtcdMember @etcd
#? three members are healthy: @($out | Where-Object IsHealthy).Count -eq 3
#? one of them is the leader: @($out | Where-Object IsLeader).Count -eq 1

# A backup. It has its name only when it is proven.
Save-EtcdSnapshot @etcd -Path backup.db | Tee-Object -Variable saved

# What is in it? No etcd program is needed to look.
Get-EtcdSnapshot backup.db
#? the file holds what was computed while it came: $out.Hash -eq $saved.Hash

(Get-EtcdSnapshot backup.db).Resources | Select-Object -First 5
#? the snapshot holds Kubernetes objects: @($out).Count -eq 5

# Is it whole? Every page is read, every revision is in order, and the live members hold the same.
Test-EtcdSnapshot backup.db @etcd
#? every check passes: @($out).Count -gt 0 -and -not ($out | Where-Object Status -ne Pass)

# One bit of a copy is changed, in the middle of a value.
$bytes = [IO.File]::ReadAllBytes("$PWD/backup.db")
$place = [Text.Encoding]::Latin1.GetString($bytes).IndexOf('kubernetes.io/metadata.name', [StringComparison]::Ordinal)
$bytes[$place] = $bytes[$place] -bxor 1
[IO.File]::WriteAllBytes("$PWD/damaged.db", $bytes)
#? the text is in a value: $place -gt 0

etcdutl snapshot status damaged.db
#? etcd's own tool sees nothing: $exitCode -eq 0

# etcd's own tool saw nothing. The proof does.
Test-EtcdSnapshot damaged.db
#? a check fails: @($out | Where-Object Status -eq Fail).Count -gt 0
