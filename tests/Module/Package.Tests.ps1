# The package: made by build.ps1 from the staged module, installed with Install-PSResource from a folder, used in a pwsh that knows nothing else.

Describe 'The package' {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive 'packages')).FullName
        $made = & (Join-Path $Repository 'build.ps1') Pack -PackageFolder $folder
        $version = (Import-PowerShellDataFile $ModuleFile).ModuleVersion

        # A user who has nothing yet.
        function Invoke-CleanPwsh([string] $Script) {
            $start = [Diagnostics.ProcessStartInfo]::new('pwsh', [string[]]@('-NoProfile', '-NonInteractive', '-Command', "`$PSStyle.OutputRendering = 'PlainText'; $Script"))
            $start.Environment['HOME'] = Join-Path $TestDrive 'home'
            foreach ($name in 'PSModulePath', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME') { $null = $start.Environment.Remove($name) }
            $start.RedirectStandardOutput = $start.RedirectStandardError = $true
            $process = [Diagnostics.Process]::Start($start)
            $errors = $process.StandardError.ReadToEndAsync()
            $output = $process.StandardOutput.ReadToEnd()
            $process.WaitForExit()
            [pscustomobject]@{ Output = $output.Trim() -split '\r?\n'; Errors = $errors.Result; ExitCode = $process.ExitCode }
        }

        $null = New-Item -ItemType Directory (Join-Path $TestDrive 'home')
    }

    It 'is a file with what a gallery shows' {
        $made.Name | Should -Be "ClusterHeal.$version.nupkg", "ClusterHeal.$version.zip"
        $zip = [IO.Compression.ZipFile]::OpenRead($made[0].FullName)
        try {
            $reader = [IO.StreamReader]::new($zip.Entries.Where{ $_.FullName -like '*.nuspec' }[0].Open())
            $facts = ([xml] $reader.ReadToEnd()).package.metadata
            $reader.Dispose()
            $facts.id | Should -Be 'ClusterHeal'
            $facts.version | Should -BeLike "$version*"
            foreach ($name in 'projectUrl', 'licenseUrl', 'releaseNotes', 'description', 'authors') { $facts.$name | Should -Not -BeNullOrEmpty -Because $name }
            $facts.tags | Should -BeLike '*Kubernetes*etcd*'
        }
        finally { $zip.Dispose() }
    }

    It 'is installed by Install-PSResource, and works in a new pwsh' {
        $installed = Invoke-CleanPwsh "Register-PSResourceRepository -Name Local -Uri '$folder' -Trusted; Install-PSResource ClusterHeal -Repository Local -Quiet; (Get-PSResource ClusterHeal).Version.ToString()"
        $installed.Errors | Should -BeNullOrEmpty
        $installed.Output | Should -Be ([version] $version).ToString()
        $run = Invoke-CleanPwsh '
            (Get-FailureDrill)[0].GetType().FullName
            (Get-Command -Module ClusterHeal).Count
            (Get-Help Get-EtcdMember).Synopsis
            (Get-Module ClusterHeal).ModuleBase'
        $run.Errors | Should -BeNullOrEmpty
        $run.Output[0] | Should -Be 'ClusterHeal.FailureDrill'
        $run.Output[1] | Should -Be @((Import-PowerShellDataFile $ModuleFile).CmdletsToExport).Count
        $run.Output[2] | Should -Not -BeNullOrEmpty
        $run.Output[3] | Should -BeLike "$TestDrive/home/*"
    }
}
