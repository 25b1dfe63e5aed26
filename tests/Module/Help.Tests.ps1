# Get-Help, as a user reads it, for every cmdlet of the module.

BeforeDiscovery {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $ModuleFile -Force
    $commands = @(Get-Command -Module ClusterHeal | ForEach-Object { @{ Command = $_; Name = $_.Name } } | Select-Some)
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $ModuleFile -Force

    # The code of the examples of a page: the first block under each heading.
    function Get-ExampleCode([string] $Name) {
        $page = Get-Content -Raw (Join-Path $Repository "docs/en-US/$Name.md")
        [regex]::Matches($page, '(?ms)^### Example.*?^```powershell\r?\n(.*?)^```').ForEach{ $_.Groups[1].Value }
    }
}

Describe 'Help of <Name>' -ForEach $commands {
    BeforeAll { $help = Get-Help $Name -Full }

    It 'has a synopsis, a description and three examples' {
        $help.Synopsis | Should -Not -BeLike "$Name*" -Because 'that is what Get-Help makes up by itself'
        $help.Description.Text | Should -Not -BeNullOrEmpty
        @($help.Examples.Example).Count | Should -BeGreaterOrEqual 3
        (Get-Help $Name -Examples | Out-String) | Should -Match ([regex]::Escape((Get-ExampleCode $Name)[0].Split("`n")[0].Trim()))
    }

    It 'explains every parameter, with the facts that PowerShell itself knows' {
        $common = [Management.Automation.PSCmdlet]::CommonParameters
        foreach ($parameter in $Command.Parameters.Values.Where{ $_.Name -notin $common }) {
            $text = $help.Parameters.Parameter.Where{ $_.Name -eq $parameter.Name }
            $text | Should -HaveCount 1 -Because $parameter.Name
            ($text.Description | Out-String).Trim() | Should -Not -BeNullOrEmpty -Because $parameter.Name
            $text.Required | Should -Be "$(@($parameter.ParameterSets.Values)[0].IsMandatory)".ToLower() -Because $parameter.Name
        }
    }

    It 'shows one line of syntax per parameter set' {
        @($help.Syntax.SyntaxItem).Count | Should -Be $Command.ParameterSets.Count
    }

    It 'has examples that parse, and whose parameters exist and fit together' {
        foreach ($code in Get-ExampleCode $Name) {
            $problems = $null
            $tree = [Management.Automation.Language.Parser]::ParseInput($code, [ref] $null, [ref] $problems)
            $problems | Should -BeNullOrEmpty -Because $code
            $calls = $tree.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)
            foreach ($call in $calls.Where{ (Get-Command $_.GetCommandName() -ErrorAction Ignore).Source -eq 'ClusterHeal' }) {
                $known = (Get-Command $call.GetCommandName())
                foreach ($named in $call.CommandElements.Where{ $_ -is [Management.Automation.Language.CommandParameterAst] }) {
                    { $known.ResolveParameter($named.ParameterName) } | Should -Not -Throw -Because $call.Extent.Text
                }
                # What a splatted table brings is not known here.
                if ($call.CommandElements.Where{ $_.Splatted }) { continue }
                $bound = [Management.Automation.Language.StaticParameterBinder]::BindCommand($call, $true)
                $bound.BindingExceptions.Values.BindingException.Message | Should -BeNullOrEmpty -Because $call.Extent.Text
            }
        }
    }
}

Describe 'Topics' {
    It 'has <_>' -ForEach 'about_ClusterHeal', 'about_ClusterHeal_Errors' {
        Get-Help $_ | Out-String | Should -BeLike '*Short description*'
    }
}
