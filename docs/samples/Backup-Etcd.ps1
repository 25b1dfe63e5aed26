#Requires -Version 7.4
#Requires -Modules ClusterHeal

<#
.SYNOPSIS
Saves a proven snapshot of etcd through the first control-plane host that works, and rehearses its restore.
.NOTES
Exit code 0: saved and proven. 1: nothing was saved. 2: saved, and the rehearsal did not pass.
#>
[CmdletBinding()]
param(
    # The control-plane hosts, tried in this order.
    [Parameter(Mandatory)] [string[]] $HostName,
    # The folder that the snapshots are kept in.
    [Parameter(Mandatory)] [string] $Directory,
    # The user to log in as. Without it, ssh decides.
    [string] $UserName
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# `pwsh -File` passes a list as one text.
$hosts = $HostName -split ',' | Where-Object { $_ }
$login = @{ Sudo = $true }
if ($UserName) { $login.UserName = $UserName }

$snapshot = $null
foreach ($name in $hosts) {
    try {
        $snapshot = Get-EtcdConfiguration -HostName $name @login |
            Save-EtcdSnapshot -Directory $Directory -KeepLast 3 -KeepDaily 7 -KeepWeekly 8
        break
    }
    catch {
        Write-Warning "$($_.FullyQualifiedErrorId): $($_.Exception.Message)"
    }
}
if (-not $snapshot) { throw "No snapshot could be saved through any of $($hosts -join ', ')." }

$snapshot | Format-List Path, Hash, Revision, LiveKeys, Size | Out-String -Width 200
$checks = $snapshot | Test-EtcdSnapshot -Rehearse
$checks | Format-Table Name, Status, Message -Wrap | Out-String -Width 200
if ($checks | Where-Object Status -eq Fail) { exit 2 }
