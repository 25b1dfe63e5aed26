# What the tests of this folder share. They run on the staged module, by `dotnet test` or by `Invoke-Pester tests/Module`.

$Repository = (Resolve-Path "$PSScriptRoot/../..").Path
$ModuleFile = Join-Path $Repository 'out/ClusterHeal/ClusterHeal.psd1'
$ProbeFile = $env:CLUSTERHEAL_TEST_PROBE ?? (Join-Path $Repository 'tests/ClusterHeal.Probe/bin/Debug/net8.0/ClusterHeal.Probe.dll')

# How to log in to the practice hosts of which `dotnet test` tells in the environment, and the same in a script's text.
$HostLogin = @{
    UserName    = 'root'
    KeyFilePath = $env:CLUSTERHEAL_TEST_SSH_KEY
    SshOption   = @{ UserKnownHostsFile = $env:CLUSTERHEAL_TEST_KNOWN_HOSTS }
}
$HostLoginText = "@{ UserName = 'root'; KeyFilePath = '$env:CLUSTERHEAL_TEST_SSH_KEY'; SshOption = @{ UserKnownHostsFile = '$env:CLUSTERHEAL_TEST_KNOWN_HOSTS' } }"

# What such a host itself says to a command, past the module.
function Invoke-OnHost([string] $Address, [string] $Command) {
    (ssh -i $HostLogin.KeyFilePath -o BatchMode=yes -o IdentitiesOnly=yes -o "UserKnownHostsFile=$env:CLUSTERHEAL_TEST_KNOWN_HOSTS" "root@$Address" $Command) -join "`n"
}

# A pwsh of its own, without a user: what it wrote, its errors, and its exit code.
function Invoke-Pwsh([string] $Script, [string[]] $Option = @('-NonInteractive'), [string] $StandardInput = '') {
    $file = Join-Path $TestDrive "$([guid]::NewGuid()).ps1"
    Set-Content -LiteralPath $file -Value "`$PSStyle.OutputRendering = 'PlainText'; Import-Module '$ModuleFile', '$ProbeFile'; $Script"
    $errorFile = "$file.err"
    $output = $StandardInput | pwsh -NoProfile @Option -File $file 2> $errorFile
    [pscustomobject]@{ Output = @($output); Errors = (Get-Content -Raw -LiteralPath $errorFile); ExitCode = $LASTEXITCODE }
}

# A script as a scheduled task runs it: the module is on the module path, and arguments are texts.
function Invoke-PwshFile([string] $File, [string[]] $Argument) {
    $modules = $env:PSModulePath
    $env:PSModulePath = (Split-Path (Split-Path $ModuleFile)) + [IO.Path]::PathSeparator + $modules
    $errorFile = Join-Path $TestDrive "$([guid]::NewGuid()).err"
    try { $output = pwsh -NoProfile -NonInteractive -File $File @Argument 2> $errorFile }
    finally { $env:PSModulePath = $modules }
    [pscustomobject]@{ Output = @($output); Errors = (Get-Content -Raw -LiteralPath $errorFile); ExitCode = $LASTEXITCODE }
}

# The same in a terminal, with somebody who types a line of the answer whenever a prompt asks; what the screen showed.
function Invoke-PwshInTerminal([string] $Script, [string] $Typed) {
    $file = Join-Path $TestDrive "$([guid]::NewGuid()).ps1"
    Set-Content -LiteralPath $file -Value "`$PSStyle.OutputRendering = 'PlainText'; Import-Module '$ModuleFile', '$ProbeFile'; $Script"
    $start = [Diagnostics.ProcessStartInfo]::new('script', [string[]]@('--quiet', '--command', "pwsh -NoProfile -File $file", '/dev/null'))
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($start)
    try {
        $screen = ''
        $located = $asked = 0
        $answers = [Collections.Generic.Queue[string]]::new([string[]] $Typed.Split("`n"))
        $patience = [Threading.CancellationTokenSource]::new([timespan]::FromMinutes(2))
        $buffer = [char[]]::new(4096)
        while (($count = $process.StandardOutput.ReadAsync($buffer, $patience.Token).AsTask().GetAwaiter().GetResult()) -gt 0) {
            $screen += [string]::new($buffer, 0, $count)
            # pwsh asks a terminal where its cursor is, and waits for the answer.
            $questions = [regex]::Matches($screen, '\e\[6n').Count
            for (; $located -lt $questions; $located++) { $process.StandardInput.Write("`e[1;1R") }
            $prompts = [regex]::Matches($screen, '\(default is "\w"\):').Count
            for (; $asked -lt $prompts -and $answers.Count -gt 0; $asked++) { $process.StandardInput.Write($answers.Dequeue() + "`r") }
            $process.StandardInput.Flush()
        }
        $screen
    }
    finally {
        if (-not $process.HasExited) { $process.Kill($true) }
        $process.Dispose()
    }
}

# Starts a pwsh, waits for a file (a name with wildcards) that its script makes when it is busy, sends Ctrl+C, and waits for its end.
function Stop-PwshByCtrlC([string] $Script, [string] $BusyFile, [int] $Seconds = 120) {
    $file = Join-Path $TestDrive "$([guid]::NewGuid()).ps1"
    Set-Content -LiteralPath $file -Value "Import-Module '$ModuleFile', '$ProbeFile'; $Script"
    # What a shell starts in the background, these tests perhaps, ignores Ctrl+C, and so would all that it starts.
    $start = [Diagnostics.ProcessStartInfo]::new('env', [string[]]@('--default-signal=INT', 'pwsh', '-NoProfile', '-File', $file))
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    try {
        $patience = [datetime]::UtcNow.AddSeconds($Seconds)
        while (-not (Get-ChildItem $BusyFile -Force -ErrorAction Ignore) -and -not $process.HasExited) {
            if ([datetime]::UtcNow -gt $patience) { throw "There is still no $BusyFile." }
            Start-Sleep -Milliseconds 20
        }
        kill -INT $process.Id
        if (-not $process.WaitForExit($Seconds * 1000)) { throw "It is still running $Seconds seconds after Ctrl+C." }
    }
    finally {
        if (-not $process.HasExited) { $process.Kill() }
        $process.Dispose()
    }
}

# All of them; on Windows every fourth, which stands for the others: under Wine each takes seconds, and what differs there is the system.
function Select-Some {
    begin { $number = 0 }
    process { if (-not $IsWindows -or $number++ % 4 -eq 0) { $_ } }
}
