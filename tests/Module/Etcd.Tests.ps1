# The cmdlets together, against a real etcd over TLS that `dotnet test` starts and tells of in the environment.

BeforeDiscovery {
    $noEtcd = -not $env:CLUSTERHEAL_TEST_ENDPOINT
    # A network of one's own takes root on Linux.
    $noNetwork = $true
    if ($IsLinux) {
        unshare --net true 2> $null
        $noNetwork = $LASTEXITCODE -ne 0
    }
}

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

    It 'is possible although the API server is down: what answers is connected, with a warning' {
        $dead = Join-Path $TestDrive 'dead.kubeconfig'
        # Port 1 is nobody's.
        Set-Content $dead '{"clusters":[{"name":"c","cluster":{"server":"https://127.0.0.1:1"}}],"users":[{"name":"u","user":{"token":"t"}}],"contexts":[{"name":"x","context":{"cluster":"c","user":"u"}}],"current-context":"x"}'
        try {
            $made = Connect-Cluster -Kubeconfig $dead @connection -WarningVariable warnings -WarningAction SilentlyContinue
            $warnings | Should -BeLike 'The API server at https://127.0.0.1:1 does not answer;*'
            $made.ServerVersion | Should -BeNullOrEmpty
            (Get-EtcdMember).Id.Length | Should -BeGreaterThan 0
            Disconnect-Cluster

            # If nothing answers there is no connection, and the error is the API server's.
            foreach ($rest in @{}, @{ Endpoint = 'http://127.0.0.1:1' }, @{ HostName = 'nowhere.invalid' }) {
                Connect-Cluster -Kubeconfig $dead @rest -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
                $problem[0].FullyQualifiedErrorId | Should -BeLike 'ConnectionRefused,*'
                Get-ClusterConnection | Should -BeNullOrEmpty
            }
        }
        finally { Disconnect-Cluster }
    }

    It 'lists the member' {
        $member = Get-EtcdMember @connection
        $member | Should -BeOfType ([ClusterHeal.EtcdMember])
        $member.Name | Should -Be 'm1'
        $member | Format-Table | Out-String | Should -BeLike '*m1*'
    }

    It 'saves from the member that comes down the pipeline, with the certificates that it was asked with' {
        $file = Join-Path $folder 'member.db'
        (Get-EtcdMember @connection | Select-Object -First 1 | Save-EtcdSnapshot -Path $file).Path | Should -Be $file
        Get-EtcdMember @connection | Select-Object Role, Health | ConvertTo-Csv -NoTypeInformation | Select-Object -Last 1 | Should -Be '"Leader","Healthy"'
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

    It 'means the file of an object in the pipeline, whatever signs are in its name' {
        $good = Join-Path $folder 'a1.db'
        $null = Save-EtcdSnapshot $good @connection
        $bad = Join-Path $folder 'a[1].db'
        $bytes = [IO.File]::ReadAllBytes($good)
        $bytes[$bytes.Length / 2] = $bytes[$bytes.Length / 2] -bxor 1
        [IO.File]::WriteAllBytes($bad, $bytes)

        Test-EtcdSnapshot $good -Quiet | Should -BeTrue
        Test-EtcdSnapshot $bad -Quiet | Should -BeTrue -Because 'with wildcards it is the name of the good one'
        Test-EtcdSnapshot -LiteralPath $bad -Quiet | Should -BeFalse
        Get-Item -LiteralPath $bad | Test-EtcdSnapshot -Quiet | Should -BeFalse
        [IO.FileInfo]$bad | Test-EtcdSnapshot -Quiet | Should -BeFalse
        [pscustomobject]@{ Path = $bad } | Test-EtcdSnapshot -Quiet | Should -BeFalse
        Get-EtcdSnapshot -LiteralPath $bad | Test-EtcdSnapshot -Quiet | Should -BeFalse
        [IO.FileInfo]$good | Get-EtcdSnapshot | ForEach-Object Path | Should -Be $good
        $good | Test-EtcdSnapshot -Quiet | Should -BeTrue
        Get-EtcdConfiguration $configuration | Test-EtcdSnapshot -Path $good -Quiet | Should -BeTrue

        [IO.File]::Copy($configuration, (Join-Path $folder 'c[1].conf'))
        [IO.FileInfo](Join-Path $folder 'c[1].conf') | Get-EtcdConfiguration | ForEach-Object Path | Should -Be (Join-Path $folder 'c[1].conf')

        [pscustomobject]@{ Name = 'no path' } | Test-EtcdSnapshot -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'PathNotSuitable,*'
    }

    It 'passes over manifests among the files of a folder' {
        $several = New-Item -ItemType Directory (Join-Path $TestDrive 'several')
        foreach ($name in 'a.db', 'b.db') { $null = Save-EtcdSnapshot (Join-Path $several $name) @connection }
        (Get-EtcdSnapshot "$several/*").Count | Should -Be 2
        (Get-ChildItem $several | Get-EtcdSnapshot).Count | Should -Be 2
        Test-EtcdSnapshot "$several/*" -Quiet | Should -Be @($true, $true)
        Get-EtcdSnapshot "$several/a.db.manifest.json" -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'SnapshotNotADatabase,*'
    }

    It 'tells where a snapshot comes from, and when the file is another one by now' {
        $file = Join-Path $folder 'origin.db'
        $saved = Save-EtcdSnapshot $file @connection
        $saved.Origin.Endpoint | Should -Be $connection.Endpoint
        $found = Get-EtcdSnapshot $file
        $found.Origin.SavedBy | Should -Be "$([Environment]::UserName)@$([Environment]::MachineName)"
        $found.Origin.MemberId | Should -Be (Get-EtcdMember @connection).Id

        $bytes = [IO.File]::ReadAllBytes($file)
        [IO.File]::WriteAllBytes($file, $bytes[0..($bytes.Length - 33)])
        $found = Get-EtcdSnapshot $file -WarningVariable warning -WarningAction SilentlyContinue
        $found.Origin | Should -BeNullOrEmpty
        $warning | Should -BeLike "*not the file that its manifest describes: it has $($bytes.Length - 32) bytes, and $($bytes.Length) were saved*"
    }

    It 'leaves nothing behind on a real Ctrl+C in the middle of the stream' {
        $interrupted = Join-Path $TestDrive 'interrupted'
        $null = New-Item -ItemType Directory $interrupted
        $file = Join-Path $interrupted 'backup.db'
        Stop-PwshByCtrlC -BusyFile "$interrupted/.clusterheal-*.part" -Script "Save-EtcdSnapshot '$file' -Endpoint '$($env:CLUSTERHEAL_TEST_SLOW_ENDPOINT)' -CaFile '$($connection.CaFile)' -CertFile '$($connection.CertFile)' -KeyFile '$($connection.KeyFile)'"
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
        $patience = [datetime]::UtcNow.AddMinutes(2)
        while (-not (Get-ChildItem "$stopped/.clusterheal-*.part" -Force) -and [datetime]::UtcNow -lt $patience) { Start-Sleep -Milliseconds 20 }
        Get-ChildItem "$stopped/.clusterheal-*.part" -Force | Should -Not -BeNullOrEmpty
        $shell.Stop()
        Get-ChildItem $stopped -Force | Should -BeNullOrEmpty
        $shell.Dispose()
    }
}

Describe 'A network without a route to the endpoint' -Skip:$noNetwork {
    BeforeAll { . "$PSScriptRoot/Common.ps1" }

    It 'is an error with the endpoint and the next step, and leaves nothing' {
        $folder = Join-Path $TestDrive 'unroutable'
        $null = New-Item -ItemType Directory $folder
        $script = Join-Path $TestDrive 'unroutable.ps1'
        Set-Content $script @"
Import-Module '$ModuleFile'
Save-EtcdSnapshot '$folder/backup.db' -Endpoint 192.0.2.1:2379 -ErrorVariable problem -ErrorAction SilentlyContinue
`$problem[0].FullyQualifiedErrorId
`$problem[0].Exception.Message
`$problem[0].ErrorDetails.RecommendedAction
"@
        $id, $message, $next = unshare --net pwsh -NoProfile -NonInteractive -File $script
        $id | Should -BeLike 'HostUnreachable,*'
        $message | Should -BeLike '*192.0.2.1:2379*no route leads to it*'
        $next | Should -Not -BeNullOrEmpty
        Get-ChildItem $folder -Force | Should -BeNullOrEmpty
    }
}
