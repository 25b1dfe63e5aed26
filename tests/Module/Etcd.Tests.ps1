# The cmdlets together, against a real etcd over TLS that `dotnet test` starts and tells of in the environment.

BeforeDiscovery { $noEtcd = -not $env:CLUSTERHEAL_TEST_ENDPOINT }

Describe 'A backup from the pipeline' -Skip:$noEtcd {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile, $ProbeFile -Force
        $connection = @{
            Endpoint = $env:CLUSTERHEAL_TEST_ENDPOINT
            CaFile   = $env:CLUSTERHEAL_TEST_CA
            CertFile = $env:CLUSTERHEAL_TEST_CERT
            KeyFile  = $env:CLUSTERHEAL_TEST_KEY
        }
        $folder = Join-Path $TestDrive 'backups'
        $null = New-Item -ItemType Directory $folder

        # The same connection as a member is told of it.
        $configuration = Join-Path $TestDrive 'etcd.conf'
        Set-Content $configuration @"
ETCD_NAME=m1
ETCD_DATA_DIR=/var/lib/etcd
ETCD_LISTEN_CLIENT_URLS="$($connection.Endpoint)"
ETCD_ADVERTISE_CLIENT_URLS="$($connection.Endpoint)"
ETCD_TRUSTED_CA_FILE="$($connection.CaFile)"
ETCD_CERT_FILE="$($connection.CertFile)"
ETCD_KEY_FILE="$($connection.KeyFile)"
ETCD_CLIENT_CERT_AUTH=true
"@
    }

    It 'lists the member' {
        $member = Get-EtcdMember @connection
        $member | Should -BeOfType ([ClusterHeal.EtcdMember])
        $member.Name | Should -Be 'm1'
        $member | Format-Table | Out-String | Should -BeLike '*m1*'
    }

    It 'reads, saves and proves in one pipeline' {
        $file = Join-Path $folder 'backup.db'
        $checks = Get-EtcdConfiguration $configuration | Save-EtcdSnapshot -Path $file | Test-EtcdSnapshot @connection
        $checks | Should -BeOfType ([ClusterHeal.CheckResult])
        $checks.Where{ $_.Status -ne 'Pass' } | ForEach-Object { "$($_.Name): $($_.Message)" } | Should -BeNullOrEmpty
        Test-EtcdSnapshot $file -Quiet | Should -BeTrue
        Get-EtcdSnapshot $file | Should -BeOfType ([ClusterHeal.EtcdSnapshot])
        Get-EtcdSnapshot $file | Format-Table | Out-String -Width 200 | Should -BeLike '*backup.db*'
    }

    It 'shows with -WhatIf what it would do, and does nothing' {
        $file = Join-Path $folder 'whatif.db'
        $shown = (Invoke-Pwsh "Save-EtcdSnapshot '$file' -WhatIf -Endpoint '$($connection.Endpoint)' -CaFile '$($connection.CaFile)' -CertFile '$($connection.CertFile)' -KeyFile '$($connection.KeyFile)'").Output
        "$shown" | Should -BeLike "What if:*$file*"
        Get-ChildItem $folder -Filter 'whatif*' -Force | Should -BeNullOrEmpty
    }

    It 'overwrites nothing of its own accord' {
        $file = Join-Path $folder 'there.db'
        Set-Content $file 'precious'
        Save-EtcdSnapshot $file @connection -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'PathExists,*'
        Get-Content $file | Should -Be 'precious'
    }

    It 'sees one flipped byte' {
        $file = Join-Path $folder 'flipped.db'
        $null = Save-EtcdSnapshot $file @connection
        $bytes = [IO.File]::ReadAllBytes($file)
        $bytes[$bytes.Length / 2] = $bytes[$bytes.Length / 2] -bxor 1
        [IO.File]::WriteAllBytes($file, $bytes)
        Test-EtcdSnapshot $file -Quiet | Should -BeFalse
    }

    It 'leaves nothing behind on a real Ctrl+C in the middle of the stream' {
        $interrupted = Join-Path $TestDrive 'interrupted'
        $null = New-Item -ItemType Directory $interrupted
        $file = Join-Path $interrupted 'backup.db'
        $took = Stop-PwshByCtrlC -BusyFile "$file.*.part" -Script "Save-EtcdSnapshot '$file' -Endpoint '$($env:CLUSTERHEAL_TEST_SLOW_ENDPOINT)' -CaFile '$($connection.CaFile)' -CertFile '$($connection.CertFile)' -KeyFile '$($connection.KeyFile)'"
        $took.TotalSeconds | Should -BeLessThan 2 -Because 'a second for the cmdlet, and one for pwsh to end'
        Get-ChildItem $interrupted -Force | Should -BeNullOrEmpty
    }

    It 'leaves nothing behind when a hosted pipeline is stopped in the middle of the stream' {
        $stopped = Join-Path $TestDrive 'stopped'
        $null = New-Item -ItemType Directory $stopped
        $file = Join-Path $stopped 'backup.db'
        $shell = [powershell]::Create()
        $slow = $connection + @{ Path = $file }
        $slow.Endpoint = $env:CLUSTERHEAL_TEST_SLOW_ENDPOINT
        $null = $shell.AddCommand('Import-Module').AddParameter('Name', $ModuleFile).AddStatement().AddCommand('Save-EtcdSnapshot').AddParameters($slow)
        $null = $shell.BeginInvoke()
        $patience = [datetime]::UtcNow.AddSeconds(30)
        while (-not (Test-Path "$file.*.part") -and [datetime]::UtcNow -lt $patience) { Start-Sleep -Milliseconds 20 }
        Test-Path "$file.*.part" | Should -BeTrue
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 1
        Get-ChildItem $stopped -Force | Should -BeNullOrEmpty
        $shell.Dispose()
    }
}
