# -WhatIf, -Confirm and -Force, with a user at a terminal and with none. A High-impact cmdlet that exists for this asks.

BeforeAll { . "$PSScriptRoot/Common.ps1" }

Describe 'With nobody to ask' {
    It 'ends with ConfirmationRequired, as a terminating error, and changes nothing (<Name>)' -ForEach @(
        @{ Name = '-NonInteractive'; Option = @('-NonInteractive'); Typed = '' }
        @{ Name = 'input that has ended'; Option = @(); Typed = '' }
        @{ Name = 'input that is an empty line, which the console takes for Yes'; Option = @(); Typed = "`n`n" }
    ) {
        $run = Invoke-Pwsh 'try { Set-Probe a, b } catch { $_.FullyQualifiedErrorId; $_.ErrorDetails.RecommendedAction }' $Option $Typed
        $run.Output[0] | Should -Be 'ConfirmationRequired,ClusterHeal.Probe.SetProbeCommand'
        $run.Output[1] | Should -BeLike '*-Confirm:$false*-Force*'
        $run.Output | Should -Not -Contain 'changed a'
    }

    It 'ends a script of its own accord with -ErrorAction Stop, with exit code 1' {
        $run = Invoke-Pwsh '$ErrorActionPreference = "Stop"; Set-Probe a; "went on"'
        $run.ExitCode | Should -Be 1
        $run.Output | Should -Not -Contain 'went on'
        $run.Errors | Should -BeLike "*probe 'a'*"
    }

    It 'does it with <_>' -ForEach '-Force', '-Confirm:$false' {
        (Invoke-Pwsh "Set-Probe a $_").Output | Should -Be 'changed a'
    }

    It 'does it where $ConfirmPreference is None' {
        (Invoke-Pwsh '$ConfirmPreference = "None"; Set-Probe a').Output | Should -Be 'changed a'
    }

    It 'only shows the plan with <_>' -ForEach '-WhatIf', '-WhatIf -Force', '-WhatIf -Force -Confirm:$false' {
        (Invoke-Pwsh "Set-Probe a $_ -Dangerous").Output | Should -Be "What if: Performing the operation `"Change`" on target `"probe 'a'`"."
    }

    It 'only shows the plan with $WhatIfPreference, also from a function' {
        $run = Invoke-Pwsh 'function f { [CmdletBinding(SupportsShouldProcess)] param() Set-Probe a -Force }; f -WhatIf; $WhatIfPreference = $true; Set-Probe a -Force'
        $run.Output | Should -HaveCount 2
        $run.Output | Should -BeLike 'What if:*'
    }

    It 'a danger needs -Force and -Confirm:$false together' {
        (Invoke-Pwsh 'Set-Probe a -Dangerous -Force -Confirm:$false').Output | Should -Be 'changed a'
        $run = Invoke-Pwsh 'try { Set-Probe a -Dangerous -Force } catch { $_.FullyQualifiedErrorId; $_.ErrorDetails.RecommendedAction }'
        $run.Output[0] | Should -BeLike 'ConfirmationRequired,*'
        $run.Output[1] | Should -BeLike '*-Confirm:$false to -Force*'
    }

    It 'names what is truly missing in what was typed (<Typed>)' -ForEach @(
        @{ Typed = '-Dangerous -Confirm:$false'; Advice = '*both, -Force and -Confirm:$false.' }
        @{ Typed = '-Force -Confirm'; Advice = '*leave out -Confirm, which asks in any case, and add -Force.' }
        @{ Typed = ''; Advice = '*add -Confirm:$false or -Force.' }
    ) {
        (Invoke-Pwsh "try { Set-Probe a $Typed } catch { `$_.ErrorDetails.RecommendedAction }").Output | Should -BeLike $Advice
    }

    It 'says so in a host without a user interface too' {
        $shell = [powershell]::Create()
        $out = $shell.AddScript("Import-Module '$ModuleFile', '$ProbeFile'; try { Set-Probe a } catch { `$_.FullyQualifiedErrorId }").Invoke()
        $out | Should -BeLike 'ConfirmationRequired,*'
    }
}

Describe 'With a user at a terminal' {
    BeforeDiscovery { $noTerminal = -not (Get-Command script -CommandType Application -ErrorAction Ignore) }

    It 'asks, and takes no for no and "yes to all" for the rest' -Skip:$noTerminal {
        $screen = Invoke-PwshInTerminal 'Set-Probe a, b, c' "n`na"
        $screen | Should -BeLike "*`"Change`" on target `"probe 'a'`"*changed b*changed c*"
        $screen | Should -Not -BeLike '*changed a*'
    }

    It 'asks about a danger although it is forced, and a mere Enter is No' -Skip:$noTerminal {
        $screen = Invoke-PwshInTerminal 'Set-Probe a -Force -Dangerous' ''
        $screen | Should -BeLike '*Below quorum*'
        $screen | Should -Not -BeLike '*changed a*'
    }
}
