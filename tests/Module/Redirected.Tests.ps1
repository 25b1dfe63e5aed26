# What a pipeline or a log file gets: output that goes to no terminal. Windows tells no width there, so this is for other systems.

Describe 'Views' {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
    }

    It 'cut no name, no id and no path in output that is redirected, at 80 columns' {
        $token = -join (0..59 | ForEach-Object { [char] (0x3b1 + ($_ * 7) % 24) })
        $run = Invoke-Pwsh @"
            . '$PSScriptRoot/Samples.ps1'
            "width `$([Console]::BufferWidth)"
            foreach (`$name in (Get-FormatData -TypeName ClusterHeal.*).TypeNames) {
                `$type = [ClusterHeal.CheckResult].Assembly.GetType(`$name, `$true)
                foreach (`$label in (Get-ViewLabel `$name) -match '(^|[a-z])(Path|Id|Name)`$|^(Namespace|DataDirectory|Source|Cluster|Probe)`$') {
                    `$property = if (`$label -eq 'Source') { 'UnitName' } else { `$label }
                    if (`$type.GetProperty(`$property).PropertyType -ne [string] -or -not `$type.GetProperty(`$property).CanWrite) { continue }
                    `$sample = New-Sample `$type
                    Set-SampleProperty `$sample `$property '$token'
                    # Apart: of different objects in one pipeline PowerShell draws all but the first as lists.
                    "=== `$name `$label" | Out-Default
                    `$sample | Out-Default
                }
            }
"@
        $run.Errors | Should -BeNullOrEmpty
        $sections = ($run.Output -join "`n") -split '(?m)^=== '
        $sections[0] | Should -BeLike '*width 80*'
        $sections.Count | Should -BeGreaterThan 30
        foreach ($section in $sections | Select-Object -Skip 1) {
            $section -replace "[^\u03b1-\u03c9]" | Should -BeExactly $token -Because $section
        }
    }
}
