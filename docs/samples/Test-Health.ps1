#Requires -Version 7.4
#Requires -Modules ClusterHeal

<#
.SYNOPSIS
Tests the health of a cluster in a pipeline or a scheduled task. Every parameter is a text that `pwsh -File` can pass.
.DESCRIPTION
The parameters decide how it connects: a saved connection (Connect-Cluster -Save), a kubeconfig, the control-plane hosts, the endpoints of
etcd, or several of these. Each result that does not pass is a line of JSON on the output, and the last line is the verdict. In Azure DevOps each
of these results is also an issue of the run. The reports are for PublishTestResults@2 (.xml), for people (.html) or for programs (.json).
.NOTES
Exit code 0: everything passes. 1: something failed, or could not be seen. 2: something warns. Sources that were not given count only if -Area or
-Check names them.
#>
[CmdletBinding()]
param(
    # A connection that this user has saved with Connect-Cluster -Save.
    [string] $Connection,
    [string] $Kubeconfig,
    # The control-plane hosts with commas between them, and how to log in. sudo is used for every user but root.
    [string] $HostName,
    [string] $UserName,
    [string] $KeyFilePath,
    [string] $SshConfigFile,
    # The endpoints of etcd with commas between them, and the files of its certificates.
    [string] $Endpoint,
    [string] $CaFile,
    [string] $CertFile,
    [string] $KeyFile,
    [string] $ClusterName,
    # What to test, with commas between names. If neither is given, everything is tested.
    [string] $Area,
    [string] $Check,
    # The folder of the snapshots.
    [string] $BackupPath,
    # The files of the report, with commas between them: .html, .xml, .json.
    [Parameter(Mandatory)] [string] $ReportPath
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

function Write-Step([string] $Step, [string] $Status, [hashtable] $Detail = @{}) {
    [ordered]@{ time = [datetime]::UtcNow.ToString('o'); step = $Step; status = $Status } + $Detail | ConvertTo-Json -Compress
}

# Azure DevOps reads these lines from the output. Its special characters must be escaped.
function Write-Issue([string] $Type, [string] $Text) {
    if ($env:TF_BUILD) { "##vso[task.logissue type=$Type]" + $Text.Replace('%', '%AZP25').Replace("`r", '%0D').Replace("`n", '%0A') }
}

function Select-Given([string[]] $Names) {
    $found = @{}
    foreach ($name in $Names) { if ($given[$name]) { $found[$name] = $given[$name] } }
    $found
}

$given = $PSBoundParameters
try {
    $to = Select-Given Kubeconfig, HostName, UserName, KeyFilePath, SshConfigFile, Endpoint, CaFile, CertFile, KeyFile, ClusterName
    if ($Connection) { $to.Name = $Connection }
    if ($HostName -and $UserName -ne 'root') { $to.Sudo = $true }
    $cluster = Connect-Cluster @to
    Write-Step connect ok @{ cluster = $cluster.ClusterName; server = "$($cluster.Server)" }
    $test = Select-Given Area, Check, BackupPath
    $results = @(Test-ClusterHealth @test -ReportPath ($ReportPath -split ',' | Where-Object { $_ }))
}
catch {
    Write-Step test failed @{ errorId = $_.FullyQualifiedErrorId; message = $_.Exception.Message; todo = "$($_.ErrorDetails.RecommendedAction)" }
    Write-Issue error "$_"
    exit 1
}

$isNamed = $Area -or $Check
$failed = @($results | Where-Object { $_.Status -eq 'Fail' -or ($_.Status -eq 'Unknown' -and ($isNamed -or $_.Name -ne 'Scope')) })
$warned = @($results | Where-Object Status -EQ 'Warning')
foreach ($result in $failed + $warned) {
    $isWarning = $result.Status -eq 'Warning'
    Write-Step check ($isWarning ? 'warning' : 'failed') @{
        check = $result.Name; target = $result.Target; message = $result.Message; todo = "$($result.Remedy)"; command = "$($result.Repair)"
    }
    Write-Issue ($isWarning ? 'warning' : 'error') "$($result.Name) $($result.Target): $($result.Message) $($result.Remedy)"
}
$verdict = $failed ? 'failed' : $warned ? 'warning' : 'ok'
Write-Step verdict $verdict @{ results = $results.Count; failed = $failed.Count; warnings = $warned.Count }
exit @{ ok = 0; failed = 1; warning = 2 }[$verdict]
