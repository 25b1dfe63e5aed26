# Texts from hosts, servers and files on their way to the user's terminal: none of them may steer it.

BeforeDiscovery {
    . "$PSScriptRoot/Common.ps1"
    $noTerminal = -not (Get-Command script -CommandType Application -ErrorAction Ignore)
}

Describe 'A text that would steer a terminal' {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        # A title, a link, a cleared screen, a line over the last one, a control sequence of one byte, and one turned around.
        $steering = "`e]0;title`a`e]8;;http://evil`e\link`e[2J`roverwritten$([char] 0x9b)31m$([char] 0x202e)"
        $given = "([char[]]($(([int[]] [char[]] $steering) -join ',')) -join '')"
        $marks = [regex] "\e\]|\a|\e\[2J|\r(?!\n)|\x9b|\u202e"
    }

    It 'is shown by no stream, no view, no error and no what-if' {
        $run = Invoke-Pwsh "`$PSStyle.OutputRendering = 'Ansi'; Show-ProbeText $given -Verbose *>&1 | Out-String -Width 400; Show-ProbeText $given -WhatIf *>&1"
        $shown = ($run.Output -join "`n") + $run.Errors
        $shown | Should -Not -Match $marks
        $shown | Should -BeLike '*\u001b]0;title\u0007*What if: *\u001b]0;title*'
    }

    It 'is in no property that a script prints by itself, and in no error record' {
        $run = Invoke-Pwsh "`$PSStyle.OutputRendering = 'Ansi'; Show-ProbeText $given -ErrorVariable failures -ErrorAction SilentlyContinue -WarningAction Ignore |
            ForEach-Object { [Console]::Out.WriteLine((`$_ | ConvertTo-Json -EscapeHandling Default).Length); [Console]::Out.WriteLine(`"`$(`$_.Message) `$(`$_.Evidence) `$(`$_.Remedy) `$_`") }
            foreach (`$failure in `$failures) { [Console]::Out.WriteLine(`"`$failure `$(`$failure.Exception.Message) `$(`$failure.CategoryInfo) `$(`$failure.TargetObject) `$(`$failure.ErrorDetails.RecommendedAction)`") }"
        $shown = ($run.Output -join "`n") + $run.Errors
        $shown | Should -Not -Match $marks
        $shown | Should -BeLike '*\u001b]0;title\u0007*'
    }

    It 'is neither in a prompt nor in progress' -Skip:$noTerminal {
        $screen = Invoke-PwshInTerminal "Show-ProbeText $given -Confirm -ErrorAction Ignore -WarningAction Ignore | Out-Null" 'n'
        # The terminal itself sends carriage returns, and pwsh titles and clears it.
        $screen | Should -Not -Match "\e\]0;title|\e\]8;|\a(?!$)[a-z]|\x9b|\u202e"
        $screen | Should -Match 'default is'
    }

    It 'is not in what is said of a file of that name' -Skip:$IsWindows {
        $name = "a`e[31m`a.db"
        Copy-Item (Join-Path $Repository 'tests/Fixtures/kubernetes/kube-1.36-etcd-3.5.db') -Destination (Join-Path $TestDrive $name)
        # An error also shows the script's own line, so the name is not spelt in it.
        $file = "(Join-Path '$TestDrive' `"a`$([char] 27)[31m`$([char] 7).db`")"
        $run = Invoke-Pwsh "`$PSStyle.OutputRendering = 'Ansi'; `$file = $file; Get-EtcdSnapshot -LiteralPath `$file | Out-String -Width 400
            Get-EtcdSnapshot -LiteralPath `"`$file.none`" 2>&1 | Out-String -Width 400"
        $shown = ($run.Output -join "`n") + $run.Errors
        $shown | Should -Not -Match "a\e\[31m|\a"
        $shown | Should -BeLike '*a\u001b`[31m\u0007.db*a\u001b`[31m\u0007.db.none*'
    }
}
