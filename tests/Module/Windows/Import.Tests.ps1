# The module's way into a session of PowerShell for Windows.

Describe 'Import' {
    BeforeAll { . "$PSScriptRoot/../Common.ps1" }

    It 'happens in a PowerShell that takes itself for one on Windows' {
        $IsWindows | Should -BeTrue
        [Environment]::OSVersion.Platform | Should -Be 'Win32NT'
        [IO.Path]::DirectorySeparatorChar | Should -Be '\'
    }

    It 'brings every cmdlet of the manifest, also the second time' {
        $expected = (Import-PowerShellDataFile $ModuleFile).CmdletsToExport | Sort-Object
        Import-Module $ModuleFile -Force
        Import-Module $ModuleFile -Force
        (Get-Command -Module ClusterHeal).Name | Sort-Object | Should -Be $expected
    }

    It 'keeps the engine and its libraries out of the context of other modules' {
        Import-Module $ModuleFile -Force
        { Get-EtcdSnapshot 'C:\no such file.db' -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound,*'
        $shared = [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.ForEach{ $_.GetName().Name }
        $shared | Should -Not -Contain 'ClusterHeal.Core'
        $all = [Runtime.Loader.AssemblyLoadContext]::All.ForEach{ $_.Assemblies.ForEach{ $_.GetName().Name } }
        $all | Should -Contain 'ClusterHeal.Core'
    }
}
