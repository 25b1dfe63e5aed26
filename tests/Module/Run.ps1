# Runs one file of tests for `dotnet test`: prints what failed, and exits with 0 only where something ran and all of it passed.
param([Parameter(Mandatory)] [string] $Path, [Parameter(Mandatory)] [string] $Pester)

$ErrorActionPreference = 'Stop'
$PSStyle.OutputRendering = 'PlainText'
Import-Module $Pester
$result = Invoke-Pester -Configuration @{
    Run    = @{ Path = $Path; PassThru = $true }
    Output = @{ Verbosity = 'Normal'; RenderMode = 'Plaintext' }
}
foreach ($skipped in $result.Skipped) { "skipped: $($skipped.ExpandedPath)" }
exit ([int]($result.Result -ne 'Passed' -or $result.PassedCount -eq 0))
