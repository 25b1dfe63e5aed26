#requires -Version 7.4
<#
.SYNOPSIS
Tests the health of a cluster in a pipeline or a scheduled task.

.DESCRIPTION
The exit code is 0 if all is well, 2 if something warns, and 1 if something failed or could not be seen. What the test was not given to look at
counts only if -Test names its area or check. The JUnit file is for PublishTestResults@2. -Connection has the parameters of Connect-Cluster,
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

# Azure DevOps reads these lines from the output; elsewhere they do nothing. Characters with a meaning for it must not be in the text.
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
