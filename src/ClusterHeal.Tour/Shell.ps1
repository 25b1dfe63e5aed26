# The pwsh of the tour: runs what is sent to it, as if it was typed here, and prints as pwsh prints. Each request is a line of JSON
# (Kind, Text), and each answer a line on standard output behind a mark, after everything that the command printed.
param([string] $TourPipe, [string] $TourModule, [string] $TourMark)

$ProgressPreference = 'SilentlyContinue'
Import-Module $TourModule
$tourReader = [IO.StreamReader]::new([IO.Pipes.NamedPipeClientStream]::new('.', $TourPipe, 'In'))
$tourReader.BaseStream.Connect(30000)

# What a check may look at: the output, errors and exit code of the last command.
$out = $null
$problems = @()
$exitCode = 0

while ($null -ne ($tourLine = $tourReader.ReadLine())) {
    $tourRequest = ConvertFrom-Json $tourLine
    $tourAnswer = @{ Holds = $true; Reason = '' }
    $tourScript = [scriptblock]::Create($tourRequest.Text)
    if ($tourRequest.Kind -eq 'Check') {
        try { $tourAnswer.Holds = [bool](. $tourScript) }
        catch { $tourAnswer = @{ Holds = $false; Reason = "$_" } }
    }
    else {
        $Error.Clear()
        $global:LASTEXITCODE = 0
        # An error that ends a command is shown, and the prompt comes back, as in any session.
        try { . $tourScript | Tee-Object -Variable out | Out-Default }
        catch { $_ | Out-Default }
        $problems = @($Error)
        $exitCode = $LASTEXITCODE
    }

    [Console]::Out.WriteLine($TourMark + (ConvertTo-Json $tourAnswer -Compress))
}
