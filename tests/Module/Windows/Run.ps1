# Runs what is to be run in PowerShell for Windows: in one process, with its results in a file, since Wine loses what is written into a pipe.
$ErrorActionPreference = 'Stop'
$PSStyle.OutputRendering = 'PlainText'
$ProgressPreference = 'SilentlyContinue'
try {
    Import-Module Z:\pester\Pester.psd1
    Invoke-Pester -Configuration @{
        Run        = @{ Path = "$PSScriptRoot\*.Tests.ps1", "$PSScriptRoot\..\Views.Tests.ps1", "$PSScriptRoot\..\Help.Tests.ps1" }
        Output     = @{ Verbosity = 'Normal'; RenderMode = 'Plaintext' }
        TestResult = @{ Enabled = $true; OutputFormat = 'JUnitXml'; OutputPath = 'Z:\work\results.xml' }
    }
}
catch { $_ | Out-String; exit 1 }
