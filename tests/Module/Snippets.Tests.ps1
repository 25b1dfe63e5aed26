# Every snippet of PowerShell in the README, the guides and the help pages is PowerShell, and names cmdlets and parameters that there are.

BeforeDiscovery {
    $root = (Resolve-Path "$PSScriptRoot/../..").Path
    $pages = @(Get-Item "$root/README.md") + @(Get-ChildItem "$root/docs/guides", "$root/docs/en-US" -Filter *.md)
    $cases = foreach ($page in $pages) {
        $snippets = [regex]::Matches((Get-Content -Raw $page), '(?ms)^```powershell\r?\n(.*?)^```').ForEach{ $_.Groups[1].Value }
        if ($snippets) { @{ Page = $page.Name; Snippets = @($snippets) } }
    }
}

Describe 'A snippet' {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
        # Of modules that a reader may have: SecretManagement, Azure DevOps' agent, Windows.
        $others = 'Get-Secret', 'Set-Secret', 'Register-ScheduledTask', 'New-ScheduledTaskAction', 'New-ScheduledTaskTrigger', 'New-ScheduledTaskPrincipal', 'New-ScheduledTaskSettingsSet', 'Install-PSResource', 'Register-PSResourceRepository'
        $common = [Management.Automation.Cmdlet]::CommonParameters + [Management.Automation.Cmdlet]::OptionalCommonParameters

        function Get-Mistake([string] $Snippet) {
            $errors = $null
            $tree = [Management.Automation.Language.Parser]::ParseInput($Snippet, [ref] $null, [ref] $errors)
            foreach ($one in $errors) { "$($one.Message) in: $Snippet" }
            $own = $tree.FindAll({ $args[0] -is [Management.Automation.Language.FunctionDefinitionAst] }, $true).Name
            foreach ($call in $tree.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)) {
                $name = $call.GetCommandName()
                if ($name -notmatch '^[A-Z]\w+-[A-Z]\w+$' -or $name -in $own -or $name -in $others) { continue }
                $command = Get-Command $name -ErrorAction Ignore
                if (-not $command) { "There is no $name."; continue }
                if ($command.Source -ne 'ClusterHeal') { continue }
                foreach ($typed in $call.CommandElements.Where{ $_ -is [Management.Automation.Language.CommandParameterAst] }.ParameterName) {
                    $found = $command.Parameters.Values.Where{ $_.Name -eq $typed -or $typed -in $_.Aliases }
                    if (-not $found -and $typed -notin $common) { "$name has no -$typed." }
                }
            }
        }
    }

    It 'of <Page> names what there is' -ForEach $cases {
        $Snippets.ForEach{ Get-Mistake $_ } | Should -BeNullOrEmpty
    }
}
