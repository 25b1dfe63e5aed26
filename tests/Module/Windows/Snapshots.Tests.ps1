# Backups from PowerShell for Windows, of a real etcd on the same machine.

Describe 'A backup on Windows' {
    BeforeAll {
        . "$PSScriptRoot/../Common.ps1"
        Import-Module $ModuleFile -Force
        $http = $env:CLUSTERHEAL_TEST_HTTP
        $https = @{ Endpoint = $env:CLUSTERHEAL_TEST_HTTPS; CaFile = $env:CLUSTERHEAL_TEST_CA }
        $null = New-Item -ItemType Directory C:\backup
        $saved = Save-EtcdSnapshot C:\backup\http.db -Endpoint $http
    }

    It 'is saved over http and is what etcd sent' {
        $saved.Path | Should -Be 'C:\backup\http.db'
        $saved.LiveKeys | Should -BeGreaterThan 10
        (Get-Item C:\backup\http.db).Length | Should -Be ($saved.Size + 32)
    }

    It 'is saved over TLS from a server with a certificate for its IP address' {
        $https.Endpoint | Should -BeLike 'https://127.0.0.1:*'
        (Save-EtcdSnapshot C:\backup\https.db @https).Path | Should -Be 'C:\backup\https.db'
        (Get-EtcdMember @https).IsHealthy | Should -BeTrue
    }

    It 'is refused by a server that the authority did not sign' {
        $run = { Get-EtcdMember -Endpoint $https.Endpoint -CaFile Z:\work\kube\pki\ca.crt -ErrorAction Stop }
        $run | Should -Throw -ErrorId 'CertificateUntrusted,*'
    }

    It 'is inspected' {
        $seen = Get-EtcdSnapshot C:\backup\http.db
        $seen.Hash | Should -Be $saved.Hash
        $seen.Origin.Endpoint | Should -Not -BeNullOrEmpty
        ($seen | Format-Table | Out-String -Width 200) | Should -BeLike '*Hash*Revision*C:\backup\http.db*'
    }

    It 'is tested, against its live members too' {
        $checks = Test-EtcdSnapshot C:\backup\http.db -Endpoint $http
        ($checks | Where-Object Status -ne Pass | Format-Table | Out-String) | Should -BeNullOrEmpty
        Test-EtcdSnapshot C:\backup\http.db -Quiet | Should -BeTrue
    }

    It 'is found damaged' {
        $bytes = [IO.File]::ReadAllBytes('C:\backup\http.db')
        $bytes[$bytes.Length / 2] = $bytes[$bytes.Length / 2] -bxor 1
        [IO.File]::WriteAllBytes('C:\backup\damaged.db', $bytes)
        Test-EtcdSnapshot C:\backup\damaged.db -Quiet | Should -BeFalse
    }

    It 'is restored into a folder that etcd would start on' {
        $result = Restore-EtcdSnapshot C:\backup\http.db -DataDirectory C:\restored\m1 -Confirm:$false
        $result.DataDirectory | Should -Be 'C:\restored\m1'
        (Get-EtcdSnapshot C:\restored\m1\member\snap\db).LiveKeys | Should -Be $saved.LiveKeys
        (Get-ChildItem C:\restored\m1\member\wal -Filter *.wal).Count | Should -BeGreaterOrEqual 1
    }

    It 'replaces no file that is there' {
        { Save-EtcdSnapshot C:\backup\http.db -Endpoint $http -ErrorAction Stop } | Should -Throw -ErrorId 'PathExists,*'
    }

    It 'goes to a path with a drive, a relative one, and one with slashes' {
        Push-Location C:\backup
        try {
            (Save-EtcdSnapshot relative.db -Endpoint $http).Path | Should -Be 'C:\backup\relative.db'
            (Save-EtcdSnapshot ..\backup\up.db -Endpoint $http).Path | Should -Be 'C:\backup\up.db'
            (Save-EtcdSnapshot C:/backup/slashes.db -Endpoint $http).Path | Should -Be 'C:\backup\slashes.db'
            (Save-EtcdSnapshot \backup\rooted.db -Endpoint $http).Path | Should -Be 'C:\backup\rooted.db'
        }
        finally { Pop-Location }
    }

    It 'goes to a UNC path and comes back from it' {
        (Save-EtcdSnapshot \\server\share\unc.db -Endpoint $http).Path | Should -Be '\\server\share\unc.db'
        Test-EtcdSnapshot \\server\share\unc.db -Quiet | Should -BeTrue
        (Restore-EtcdSnapshot \\server\share\unc.db -DataDirectory C:\restored\unc -Confirm:$false).DataDirectory | Should -Be 'C:\restored\unc'
    }

    It 'is kept in a folder by the dozen' {
        $null = New-Item -ItemType Directory C:\kept
        1..3 | ForEach-Object { Save-EtcdSnapshot -Directory C:\kept -KeepLast 2 -Endpoint $http | Out-Null }
        (Get-ChildItem C:\kept -Filter *.db).Count | Should -Be 2
    }

    It 'names a key that this key store cannot take as that, and not as a wrong one' {
        # Wine has no keys that live in memory only; on Windows the same key works.
        $login = @{ CertFile = $env:CLUSTERHEAL_TEST_CERT; KeyFile = $env:CLUSTERHEAL_TEST_KEY }
        { Get-EtcdMember @https @login -ErrorAction Stop } | Should -Throw -ErrorId 'KeyStoreFailed,*'
    }
}
