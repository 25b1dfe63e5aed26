#requires -Version 7.4
<#
.SYNOPSIS
Tests the health of a cluster in a pipeline or a scheduled task.

.DESCRIPTION
Ends with 0 where all is well, with 2 where something warns, with 1 where something failed or could not be seen; what was not given to look
at counts where -Test names its area or check. The JUnit file is for PublishTestResults@2. -Connection has the parameters of Connect-Cluster,
-Test those of Test-ClusterHealth.
#>
param(
    [Parameter(Mandatory)] [hashtable] $Connection,
    [Parameter(Mandatory)] [string] $ReportPath,
    [hashtable] $Test = @{}
)

$ErrorActionPreference = 'Stop'
Import-Module ClusterHeal
$null = Connect-Cluster @Connection
$results = Test-ClusterHealth @Test -ReportPath $ReportPath

# Azure DevOps reads these lines from the output; elsewhere they are only lines. Its marks have to be kept out of the text.
function Format-Issue([string] $Type, $Result) {
    $text = "$($Result.Name) $($Result.Target): $($Result.Message) $($Result.Remedy)"
    $text = $text.Replace('%', '%AZP25').Replace("`r", '%0D').Replace("`n", '%0A')
    "##vso[task.logissue type=$Type]$text"
}

$named = $Test.ContainsKey('Area') -or $Test.ContainsKey('Check')
$failed = @($results | Where-Object { $_.Status -eq 'Fail' -or ($_.Status -eq 'Unknown' -and ($named -or $_.Name -ne 'Scope')) })
$warned = @($results | Where-Object Status -EQ 'Warning')
$failed | ForEach-Object { Format-Issue error $_ }
$warned | ForEach-Object { Format-Issue warning $_ }
"$($results.Count) results, $($failed.Count) failed, $($warned.Count) warnings."
if ($failed) { exit 1 }
if ($warned) { exit 2 }
exit 0
