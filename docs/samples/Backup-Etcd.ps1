#Requires -Version 7.4
#Requires -Modules ClusterHeal

<#
.SYNOPSIS
Saves a proven snapshot of etcd, and rehearses its restore. For a scheduled task: every parameter is a text that `pwsh -File` can pass.
.DESCRIPTION
With -Connection it uses a connection that Connect-Cluster -Save has saved. With -HostName it uses the first control-plane host that works.
Each step is a line of JSON on the output: time, step, status (ok, warning, failed) and details.
.NOTES
Exit code 0: saved and proven. 1: nothing was saved. 2: saved, and the rehearsal did not pass.
#>
[CmdletBinding(DefaultParameterSetName = 'Hosts')]
param(
    # A connection that the user of the task has saved with Connect-Cluster -Save.
    [Parameter(Mandatory, ParameterSetName = 'Saved')] [string] $Connection,
    # The control-plane hosts, tried in this order, with commas between them.
    [Parameter(Mandatory, ParameterSetName = 'Hosts')] [string] $HostName,
    # The user to log in as, the file with the key, and an ssh_config. Without them ssh decides.
    [Parameter(ParameterSetName = 'Hosts')] [string] $UserName,
    [Parameter(ParameterSetName = 'Hosts')] [string] $KeyFilePath,
    [Parameter(ParameterSetName = 'Hosts')] [string] $SshConfigFile,
    # The folder of the snapshots.
    [Parameter(Mandatory)] [string] $Directory
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

function Write-Step([string] $Step, [string] $Status, [hashtable] $Detail = @{}) {
    [ordered]@{ time = [datetime]::UtcNow.ToString('o'); step = $Step; status = $Status } + $Detail | ConvertTo-Json -Compress
}

function Get-Failure($Record) {
    @{ errorId = $Record.FullyQualifiedErrorId; message = $Record.Exception.Message; todo = "$($Record.ErrorDetails.RecommendedAction)" }
}

$keep = @{ Directory = $Directory; KeepLast = 3; KeepDaily = 7; KeepWeekly = 8 }
$login = @{ Sudo = $true }
foreach ($name in 'UserName', 'KeyFilePath', 'SshConfigFile') { if ($PSBoundParameters[$name]) { $login[$name] = $PSBoundParameters[$name] } }
$sources = $Connection ? @($Connection) : @($HostName -split ',' | Where-Object { $_ })
$snapshot = $null
foreach ($name in $sources) {
    try {
        $snapshot = if ($Connection) {
            $null = Connect-Cluster -Name $name
            Save-EtcdSnapshot @keep
        }
        else { Get-EtcdConfiguration -HostName $name @login | Save-EtcdSnapshot @keep }
        Write-Step save ok @{ from = $name; path = $snapshot.Path; size = $snapshot.Size; revision = $snapshot.Revision; hash = $snapshot.Hash }
        break
    }
    catch { Write-Step save failed (@{ from = $name } + (Get-Failure $_)) }
}
if (-not $snapshot) { exit 1 }

try {
    $checks = @($snapshot | Test-EtcdSnapshot -Rehearse)
    foreach ($check in $checks) {
        $status = @{ Pass = 'ok'; Fail = 'failed' }["$($check.Status)"] ?? 'warning'
        Write-Step test $status @{ check = $check.Name; message = $check.Message }
    }
    if ($checks.Status -contains 'Fail') { exit 2 }
}
catch {
    Write-Step test failed (Get-Failure $_)
    exit 2
}
exit 0
