# A host from PowerShell for Windows, where there is no ssh: by SSH.NET, with the known_hosts of the user's profile.

Describe 'A host from Windows' {
    BeforeAll {
        . "$PSScriptRoot/../Common.ps1"
        Import-Module $ModuleFile -Force
        $address = $env:CLUSTERHEAL_TEST_HOST
        $known = "$HOME\.ssh\known_hosts"
        $null = New-Item -ItemType Directory "$HOME\.ssh" -Force
        $credential = [pscredential]::new($env:CLUSTERHEAL_TEST_USER, (ConvertTo-SecureString $env:CLUSTERHEAL_TEST_PASSWORD -AsPlainText -Force))
        $byPassword = @{ SshCredential = $credential; SudoCredential = $credential }
        function Get-Scheduler([hashtable] $Login) { Get-ControlPlaneComponent -HostName $address -Component Scheduler @Login -ErrorAction Stop }
    }

    BeforeEach { Set-Content $known "$address $env:CLUSTERHEAL_TEST_HOST_KEY" }

    It 'is reached by a password, which sudo gets, too' {
        $said = Get-ControlPlaneComponent -HostName $address -Component Scheduler @byPassword -ErrorAction Stop -Verbose 4>&1
        "$said" | Should -BeLike '*is reached by SshNet: there is no ssh program on the PATH*'
        $said.Where{ $_ -is [ClusterHeal.ComponentStatus] }.State | Should -Be 'Running'
    }

    It 'is reached by a key file on a drive' {
        (Get-Scheduler @{ UserName = 'root'; KeyFilePath = 'Z:\work\id_ed25519' }).State | Should -Be 'Running'
    }

    It 'is reached by a key file on a share' {
        (Get-Scheduler @{ UserName = 'root'; KeyFilePath = '\\server\share\id_ed25519' }).State | Should -Be 'Running'
    }

    It 'is refused if nobody knows its key, and the command that the error names adds it' {
        Set-Content $known ''
        $fault = { Get-Scheduler $byPassword } | Should -Throw -ErrorId 'SshHostKeyUnknown,*' -PassThru
        $fault.Exception.Message | Should -BeLike "*$env:CLUSTERHEAL_TEST_FINGERPRINT*"
        $fault.Exception.Remedy -match "Add-Content -LiteralPath '([^']+)' -Value '([^']+)'" | Should -BeTrue
        $Matches[1] | Should -Be $known
        Add-Content -LiteralPath $Matches[1] -Value $Matches[2]
        (Get-Scheduler $byPassword).State | Should -Be 'Running'
    }

    It 'is refused if its key is another than the known one' {
        Set-Content $known "$address $env:CLUSTERHEAL_TEST_OTHER_KEY"
        { Get-Scheduler $byPassword } | Should -Throw -ErrorId 'SshHostKeyChanged,*'
    }
}
