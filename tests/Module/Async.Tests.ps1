# The base of all cmdlets in a real pipeline, by cmdlets that exist for this (tests/ClusterHeal.Probe).

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $ModuleFile, $ProbeFile -Force
}

Describe 'Streams' {
    It 'writes records in order, for each input' {
        1, 3 | Get-ProbeNumber | Should -Be 1, 1, 2, 3
    }

    It 'writes a record when it is known' {
        $clock = [Diagnostics.Stopwatch]::StartNew()
        Get-ProbeNumber 1000 -DelayMilliseconds 20 | Select-Object -First 2 | Should -Be 1, 2
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 15 -Because 'all of them take twenty'
    }

    It 'cancels the work when the pipeline ends early, and lets it clean up' {
        $end = Join-Path $TestDrive 'early'
        Get-ProbeNumber 1000 -DelayMilliseconds 20 -EndFile $end | Select-Object -First 1 | Should -Be 1
        Get-Content $end | Should -Be 'cancelled'
    }

    It 'follows -Verbose' {
        $said = Get-ProbeNumber 2 -Verbose 4>&1 | ForEach-Object { "$_" }
        $said[0..3] | Should -Be 'number 1', '1', 'number 2', '2'
        $said[4] | Should -BeLike 'Get-ProbeNumber took *.* s.'
    }

    It 'works inside itself' {
        Get-ProbeNumber 2 | ForEach-Object { Get-ProbeNumber $_ } | Get-ProbeNumber | Should -Be 1, 1, 1, 2
    }

    It 'ends its progress, also where it is stopped by an error' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("
            Import-Module '$ModuleFile', '$ProbeFile'
            Get-ProbeNumber 3000
            try { Get-ProbeNumber 3000 | ForEach-Object { throw 'x' } } catch { 'caught' }").Invoke()
        $records = $shell.Streams.Progress
        @($records.Where{ $_.RecordType -eq 'Completed' }).Count | Should -Be 2
        $records[-1].RecordType | Should -Be 'Completed'
        $records.Count | Should -BeLessThan 300 -Because 'what comes too fast to be read is left out'
    }
}

Describe 'Errors' {
    It 'has the id, the category, the target, the message and what to do next' {
        $out = Invoke-ProbeFailure throw -ErrorVariable problem -ErrorAction SilentlyContinue
        $out | Should -Be 'before throw'
        $problem.Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -Be 'PathExists,ClusterHeal.Probe.InvokeProbeFailureCommand'
        $problem[0].CategoryInfo.Category | Should -Be 'ResourceExists'
        $problem[0].TargetObject | Should -Be 'throw'
        $problem[0].ErrorDetails.RecommendedAction | Should -Be 'Use another name.'
        "$($problem[0])" | Should -Be "'throw' is there."
        $problem[0].Exception | Should -BeOfType ([ClusterHeal.ClusterHealException])
    }

    It 'does not end the pipeline: the next input and the other targets go on' {
        'throw', 'fail' | Invoke-ProbeFailure -ErrorVariable problem -ErrorAction SilentlyContinue |
            Should -Be 'before throw', 'before fail', 'after fail'
        $problem.Count | Should -Be 2
    }

    It 'ends it with -ErrorAction Stop, and cancels the work' {
        { Invoke-ProbeFailure fail -ErrorAction Stop } | Should -Throw -ErrorId 'PathExists,ClusterHeal.Probe.InvokeProbeFailureCommand'
        $out = try { Invoke-ProbeFailure fail -ErrorAction Stop } catch { 'caught' }
        $out | Should -Be 'before fail', 'caught'
    }

    It 'names even a failure that nobody foresaw' {
        Invoke-ProbeFailure unexpected -ErrorVariable problem -ErrorAction SilentlyContinue | Out-Null
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'Unexpected,*'
        $problem[0].Exception.InnerException | Should -BeOfType ([FormatException])
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*Get-Error*'
    }

    It 'shows what to do next in the default view' {
        (Invoke-Pwsh 'Invoke-ProbeFailure throw').Errors | Should -BeLike '*Recommendation: Use another name.*'
    }
}

Describe 'Stopping' {
    It 'stops a hosted pipeline in the middle, with everything cleaned up' {
        $end = Join-Path $TestDrive 'hosted'
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$ModuleFile', '$ProbeFile'; Get-ProbeNumber 1000 -DelayMilliseconds 100 -EndFile '$end'")
        $output = [Management.Automation.PSDataCollection[psobject]]::new()
        $null = $shell.BeginInvoke([Management.Automation.PSDataCollection[psobject]]::new(), $output)
        while ($output.Count -lt 2) { Start-Sleep -Milliseconds 10 }
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 15 -Because 'all of it takes a hundred'
        Get-Content $end | Should -Be 'cancelled'
        $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $shell.Dispose()
    }

    It 'stops on a real Ctrl+C in the middle, with everything cleaned up' {
        $end = Join-Path $TestDrive 'interrupted'
        $busy = Join-Path $TestDrive 'busy'
        Stop-PwshByCtrlC -BusyFile $busy -Script "
            Get-ProbeNumber 1000 -DelayMilliseconds 100 -EndFile '$end' | ForEach-Object { Set-Content '$busy' `$_ }"
        Get-Content $end | Should -Be 'cancelled'
    }
}

Describe 'A job of Start-ThreadJob' {
    It 'gives results, errors and progress' {
        $modules = $ModuleFile, $ProbeFile
        $job = Start-ThreadJob { Import-Module $using:modules; Get-ProbeNumber 3; Invoke-ProbeFailure throw }
        ($job | Wait-Job).Progress[-1].RecordType | Should -Be 'Completed'
        $job | Receive-Job -ErrorVariable problem -ErrorAction SilentlyContinue | Should -Be 1, 2, 3, 'before throw'
        $problem.FullyQualifiedErrorId | Should -BeLike 'PathExists,*'
        $job | Remove-Job
    }

    It 'has nobody to ask, so a change needs -Force' {
        $modules = $ModuleFile, $ProbeFile
        $job = Start-ThreadJob { Import-Module $using:modules; Set-Probe a; Set-Probe a -Force }
        $job | Receive-Job -Wait -AutoRemoveJob -ErrorVariable problem -ErrorAction SilentlyContinue | Should -Be 'changed a'
        $problem.FullyQualifiedErrorId | Should -BeLike 'ConfirmationRequired,*'
    }

    It 'is stopped as by Ctrl+C: Stop-Job returns when everything is cleaned up' {
        $modules = $ModuleFile, $ProbeFile
        $end = Join-Path $TestDrive 'job'
        $job = Start-ThreadJob { Import-Module $using:modules; Get-ProbeNumber 1000 -DelayMilliseconds 100 -EndFile $using:end }
        while ($job.Output.Count -lt 2) { Start-Sleep -Milliseconds 10 }
        $job | Stop-Job
        $job | Wait-Job | ForEach-Object State | Should -Be 'Stopped'
        Get-Content $end | Should -Be 'cancelled'
        $job | Remove-Job
    }
}

Describe 'Paths' {
    BeforeAll {
        $folder = New-Item -ItemType Directory (Join-Path $TestDrive 'files')
        'a1', 'a2', 'b', 'c[1]' | ForEach-Object { Set-Content -LiteralPath (Join-Path $folder $_) -Value $_ }
    }

    It 'takes wildcards, and PowerShell''s own location and drives' {
        Push-Location $folder
        try {
            Get-ProbeFile a* | Split-Path -Leaf | Should -Be 'a1', 'a2'
            Get-ProbeFile ./b | Should -Be (Join-Path $folder 'b')
        }
        finally { Pop-Location }
        Get-ProbeFile TestDrive:/files/b | Should -BeLike '/*/files/b'
    }

    It 'takes names as they are with -LiteralPath, and what Get-ChildItem puts out' {
        Get-ProbeFile -LiteralPath (Join-Path $folder 'c[1]') | Split-Path -Leaf | Should -Be 'c[1]'
        Get-ChildItem $folder | Get-ProbeFile | Should -HaveCount 4
    }

    It 'reports a missing file and goes on with the next' {
        Get-ProbeFile (Join-Path $folder 'nothing'), (Join-Path $folder 'b') -ErrorVariable problem -ErrorAction SilentlyContinue |
            Split-Path -Leaf | Should -Be 'b'
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
        $problem[0].TargetObject | Should -BeLike '*nothing'
        Get-ProbeFile (Join-Path $folder 'z*') -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
    }

    It 'refuses what is not in the file system' {
        Get-ProbeFile Env:PATH -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'PathNotSuitable,*'
        { Get-ProbeNumber -EndFile Env:x -ErrorAction Stop } | Should -Throw '*not in the file system*'
    }

    It 'makes a path parameter absolute from PowerShell''s location and not the process''s' {
        Push-Location $folder
        try { Get-ProbeNumber 1 -EndFile ./end | Out-Null } finally { Pop-Location }
        Get-Content (Join-Path $folder 'end') | Should -Be 'counted'
    }
}
