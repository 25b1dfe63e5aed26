BeforeAll { . "$PSScriptRoot/Common.ps1" }

Describe 'Importing the module' {
    It 'exports what the manifest says and nothing else' {
        $module = Import-Module $ModuleFile -PassThru -Force
        $expected = (Import-PowerShellDataFile $ModuleFile).CmdletsToExport
        $module.ExportedCommands.Keys | Sort-Object | Should -Be ($expected | Sort-Object)
    }

    It 'says nothing on any stream' {
        (Invoke-Pwsh '').Output | Should -BeNullOrEmpty
        (Invoke-Pwsh '').Errors | Should -BeNullOrEmpty
    }

    It 'keeps its commands and types through -Force, twice' {
        $run = Invoke-Pwsh "
            Import-Module '$ModuleFile' -Force; Import-Module '$ModuleFile' -Force
            (Get-Command -Module ClusterHeal).Count
            [ClusterHeal.CheckStatus]::Pass
            Get-ProbeEngine"
        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -Be @(@((Import-PowerShellDataFile $ModuleFile).CmdletsToExport).Count, 'Pass', 'ClusterHeal')
    }

    It 'can be removed and imported again' {
        $run = Invoke-Pwsh "Get-ProbeEngine; Remove-Module ClusterHeal; Import-Module '$ModuleFile'; Get-ProbeEngine; (Get-Module ClusterHeal).Name"
        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -Be 'ClusterHeal', 'ClusterHeal', 'ClusterHeal'
    }

    It 'finds its engine in each runspace, also after another runspace removed the module' {
        $run = Invoke-Pwsh "
            `$other = [powershell]::Create()
            `$null = `$other.AddScript(`"Import-Module '$ModuleFile'; Remove-Module ClusterHeal`").Invoke()
            `$other.Streams.Error
            1..3 | ForEach-Object -Parallel { Import-Module '$ModuleFile', '$ProbeFile'; Get-ProbeEngine }
            Get-ProbeEngine"
        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -Be (@('ClusterHeal') * 4)
    }

    It 'works beside another version of YamlDotNet, loaded before it' {
        $other = Join-Path (Split-Path $ProbeFile) 'OtherYamlDotNet/YamlDotNet.dll'
        $run = Invoke-Pwsh "
            `$null = [Reflection.Assembly]::LoadFrom('$other')
            Remove-Module ClusterHeal; Import-Module '$ModuleFile'
            Get-ProbeEngine -Library
            [AppDomain]::CurrentDomain.GetAssemblies().Where{ `$_.GetName().Name -eq 'YamlDotNet' }.ForEach{ `$_.GetName().Version.Major }"
        $run.Errors | Should -BeNullOrEmpty
        $run.Output[0] | Should -Be 'ClusterHeal'
        $run.Output[1..2] | Sort-Object | Should -Be 16, 18
    }

    It 'loads neither the engine nor a library before one is needed' {
        $run = Invoke-Pwsh "
            [AppDomain]::CurrentDomain.GetAssemblies().ForEach{ `$_.Location }.Where{ `$_ -like '*ClusterHeal*engine*' }.ForEach{ Split-Path `$_ -Leaf }"
        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -BeNullOrEmpty
    }

    It 'leaves the engine and its libraries out of the default context' {
        $run = Invoke-Pwsh "
            Get-ProbeEngine -Library | Out-Null
            [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.ForEach{ `$_.GetName().Name }.Where{
                `$_ -in 'ClusterHeal', 'ClusterHeal.Model', 'ClusterHeal.Core', 'YamlDotNet', 'Google.Protobuf', 'dotnet-etcd', 'Grpc.Net.Client', 'Grpc.Core.Api' } | Sort-Object"
        $run.Output | Should -Be 'ClusterHeal', 'ClusterHeal.Model'
    }

    It 'loads a library when something first needs it, and not before' {
        $run = Invoke-Pwsh "
            function Get-Loaded {
                [AppDomain]::CurrentDomain.GetAssemblies().ForEach{ `$_.GetName().Name }.Where{
                    `$_ -in 'KubernetesClient', 'dotnet-etcd', 'Grpc.Net.Client', 'Google.Protobuf', 'YamlDotNet', 'Renci.SshNet', 'BouncyCastle.Cryptography' }
            }
            Get-Loaded
            'imported'
            Get-EtcdSnapshot -LiteralPath '$TestDrive/none.db' -ErrorAction SilentlyContinue
            (Get-Loaded).Where{ `$_ -in 'KubernetesClient', 'Renci.SshNet' }
            'looked for a snapshot'
            Set-Content '$TestDrive/config' '{clusters: [{name: c, cluster: {server: `"http://127.0.0.1:1`"}}], contexts: [{name: c, context: {cluster: c}}], current-context: c}'
            Get-NodeStatus -Kubeconfig '$TestDrive/config' -ErrorAction SilentlyContinue
            (Get-Loaded).Where{ `$_ -eq 'KubernetesClient' }"
        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -Be 'imported', 'looked for a snapshot', 'KubernetesClient'
    }
}
