# The grammar of parameters: what people type for durations, lists and components, and what a wrong value is answered.

BeforeDiscovery {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $ModuleFile, $ProbeFile -Force
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $ModuleFile, $ProbeFile -Force
}

Describe 'A duration' {
    # As script text: 90s and 1d without quotes are numbers to PowerShell.
    It 'is <Expected> where <Typed> is typed' -ForEach @(
        @{ Typed = '90s'; Expected = '00:01:30' }
        @{ Typed = "'90s'"; Expected = '00:01:30' }
        @{ Typed = '90'; Expected = '00:01:30' }
        @{ Typed = "'90'"; Expected = '00:01:30' }
        @{ Typed = '0'; Expected = '00:00:00' }
        @{ Typed = '1.5'; Expected = '00:00:01.5000000' }
        @{ Typed = '5m'; Expected = '00:05:00' }
        @{ Typed = '5min'; Expected = '00:05:00' }
        @{ Typed = "'5 minutes'"; Expected = '00:05:00' }
        @{ Typed = '1h30m'; Expected = '01:30:00' }
        @{ Typed = "'1h 30m 5s'"; Expected = '01:30:05' }
        @{ Typed = '1d'; Expected = '1.00:00:00' }
        @{ Typed = '1d12h'; Expected = '1.12:00:00' }
        @{ Typed = '2w'; Expected = '14.00:00:00' }
        @{ Typed = '250ms'; Expected = '00:00:00.2500000' }
        @{ Typed = '00:05:00'; Expected = '00:05:00' }
        @{ Typed = "([timespan]'00:05:00')"; Expected = '00:05:00' }
        @{ Typed = '(New-TimeSpan -Hours 2)'; Expected = '02:00:00' }
        @{ Typed = '0x10'; Expected = '00:00:16' }
    ) {
        & ([scriptblock]::Create("Measure-ProbeParameter -For $Typed")) | Should -Be $Expected
    }

    It 'is <Expected> seconds where <Typed> is typed for a number of seconds' -ForEach @(
        @{ Typed = '90'; Expected = '90' }
        @{ Typed = '90s'; Expected = '90' }
        @{ Typed = '5min'; Expected = '300' }
        @{ Typed = '1d'; Expected = '86400' }
        @{ Typed = '100ms'; Expected = '1' }
        @{ Typed = '([timespan]::FromHours(1))'; Expected = '3600' }
    ) {
        & ([scriptblock]::Create("Measure-ProbeParameter -TimeoutSec $Typed")) | Should -Be $Expected
    }

    It 'counts days where the name of the parameter says so' {
        Measure-ProbeParameter -CertificateDay 30 | Should -Be '30'
        Measure-ProbeParameter -CertificateDay 2w | Should -Be '14'
        Measure-ProbeParameter -CertificateDay 36h | Should -Be '2'
    }

    It 'is refused where <Typed> is typed, and the message says what is allowed' -ForEach @(
        @{ Typed = 'soon' }
        @{ Typed = '5x' }
        @{ Typed = '-5' }
        @{ Typed = "'-5m'" }
        @{ Typed = '5m,6m' }
        @{ Typed = '25:61:00' }
        @{ Typed = '1e300' }
        @{ Typed = '99999999999d' }
        @{ Typed = 'NaN' }
        @{ Typed = '$true' }
        @{ Typed = "([timespan]'-00:05:00')" }
    ) {
        { & ([scriptblock]::Create("Measure-ProbeParameter -For $Typed")) } |
            Should -Throw -ErrorId 'ParameterArgumentTransformationError,*' -ExpectedMessage '*is no duration: *Write 90s, 5min, 1h30m, 1d*a number alone counts seconds.*'
    }
}

Describe 'A list' {
    It 'is <Expected> where <Typed> is typed' -ForEach @(
        @{ Typed = 'a,b'; Expected = 'a|b' }
        @{ Typed = "'a,b'"; Expected = 'a|b' }
        @{ Typed = "'a, b ,c,'"; Expected = 'a|b|c' }
        @{ Typed = "'a', 'b,c'"; Expected = 'a|b|c' }
        @{ Typed = 'a'; Expected = 'a' }
    ) {
        & ([scriptblock]::Create("Measure-ProbeParameter -Name $Typed")) | Should -Be $Expected
    }

    It 'of words is taken as one text too' {
        Measure-ProbeParameter -Area 'Etcd,Nodes' | Should -Be 'Etcd|Nodes'
        { Measure-ProbeParameter -Area 'Etcd,Disks' } | Should -Throw -ExpectedMessage '*ApiServer, Etcd*'
    }
}

Describe 'A component' {
    It 'is <Expected> where <Typed> is typed' -ForEach @(
        @{ Typed = 'kube-apiserver'; Expected = 'ApiServer' }
        @{ Typed = 'apiserver'; Expected = 'ApiServer' }
        @{ Typed = 'ApiServer'; Expected = 'ApiServer' }
        @{ Typed = 'kube-scheduler, kube-controller-manager'; Expected = 'Scheduler|ControllerManager' }
        @{ Typed = "'etcd,kube-apiserver'"; Expected = 'Etcd|ApiServer' }
        @{ Typed = '([ClusterHeal.ClusterComponent]::Etcd)'; Expected = 'Etcd' }
    ) {
        & ([scriptblock]::Create("Measure-ProbeParameter -Component $Typed")) | Should -Be $Expected
    }

    It 'of a node is named by its program too' {
        Measure-ProbeParameter -NodeComponent containerd, kubelet | Should -Be 'ContainerRuntime|Kubelet'
        Measure-ProbeParameter -NodeComponent container-runtime | Should -Be 'ContainerRuntime'
    }

    It 'that is not one is answered with those that are' {
        { Measure-ProbeParameter -Component kubelet } | Should -Throw -ExpectedMessage '*ApiServer (kube-apiserver), Scheduler*Etcd.*'
        { Stop-ControlPlaneComponent kubem00 kube-proxy -WhatIf } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*' -ExpectedMessage '*kube-proxy*ApiServer (kube-apiserver)*'
    }
}

Describe 'The names of parameters' {
    It 'have ComputerName beside HostName' {
        $commands = (Get-Command -Module ClusterHeal).Where{ $_.Parameters.Keys -contains 'HostName' }
        $commands.Count | Should -BeGreaterThan 15
        $commands.Where{ $_.Parameters['HostName'].Aliases -notcontains 'ComputerName' }.Name | Should -BeNullOrEmpty
    }

    It 'mean one type in all cmdlets, alone or in a list' {
        $uses = (Get-Command -Module ClusterHeal).ForEach{
            $command = $_.Name
            $_.Parameters.Values.ForEach{
                $type = $_.ParameterType
                [pscustomobject]@{ Name = $_.Name; Type = $type.IsArray ? $type.GetElementType() : ([Nullable]::GetUnderlyingType($type) ?? $type); Command = $command }
            }
        }
        # A drill has a name from a fixed set. What comes through the pipeline is whatever the cmdlet is about.
        $several = $uses | Where-Object Name -notin 'Name', 'InputObject' | Group-Object Name | Where-Object { @($_.Group.Type | Sort-Object -Unique FullName).Count -gt 1 }
        $several.ForEach{ $_.Group.ForEach{ "$($_.Command) -$($_.Name) [$($_.Type.Name)]" } } | Should -BeNullOrEmpty
    }
}

Describe 'The short names of kubectl' {
    It 'are there only on request, and go with the module' {
        $run = Invoke-Pwsh @"
"before: `$(Get-Alias cordon, uncordon, drain -ErrorAction Ignore)"
Import-Module '$ModuleFile' -Force -ArgumentList Kubectl
(Get-Alias cordon, uncordon, drain | Sort-Object Name).ForEach{ "`$(`$_.Name) `$(`$_.Definition)" }
(Get-Command -Module ClusterHeal -CommandType Cmdlet).Count -gt 30
Remove-Module ClusterHeal
"after: `$(Get-Alias cordon, uncordon, drain -ErrorAction Ignore)"
Import-Module '$ModuleFile'
Import-Module '$ModuleFile' -Force
"again: `$(Get-Alias cordon, uncordon, drain -ErrorAction Ignore) `$((Get-Command -Module ClusterHeal -CommandType Cmdlet).Count -gt 30)"
try { Import-Module '$ModuleFile' -Force -ArgumentList Podman -ErrorAction Stop } catch { "`$_" }
"@
        $run.Output[0..6] | Should -Be 'before: ', 'cordon Suspend-NodeScheduling', 'drain Invoke-NodeDrain', 'uncordon Resume-NodeScheduling', 'True', 'after: ', 'again:  True'
        $run.Output[7] | Should -BeLike '*Kubectl*'
    }
}
