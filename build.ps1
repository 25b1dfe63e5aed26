#!/usr/bin/env pwsh
<#
.SYNOPSIS
Builds, tests and packages ClusterHeal. Everything here is a call of dotnet that can be made without pwsh; `dotnet tool restore` brings one
as `dotnet pwsh`.

.DESCRIPTION
Build    dotnet build: an importable module in out/ClusterHeal
Test     dotnet test: all tests; those of tests/Module run in the pwsh of .config/dotnet-tools.json and in a Pester that the build brings
Docs     renews the texts that are made from code (the public surface, the list of error ids) and the help in out/ClusterHeal
Package  Build, then Pack
Pack     makes ClusterHeal.<version>.nupkg of out/ClusterHeal as it is, for Install-PSResource, and a zip of the same to be unpacked into a folder of
         $env:PSModulePath. It needs Microsoft.PowerShell.PSResourceGet 1.1, which pwsh 7.5 brings.
Clean    removes all that builds have made

.EXAMPLE
./build.ps1 Build, Test

.EXAMPLE
./build.ps1 Package -Configuration Release
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Docs', 'Package', 'Pack', 'Clean')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug',

    # Where the packages go.
    [string] $PackageFolder = (Join-Path $PSScriptRoot out)
)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Set-Location $PSScriptRoot

function Build { dotnet build --configuration $Configuration }

function Test { dotnet test --configuration $Configuration }

function Docs {
    Build
    $env:CLUSTERHEAL_APPROVE = '1'
    try {
        $tests = "tests/ClusterHeal.Tests/bin/$Configuration/net8.0/ClusterHeal.Tests.dll"
        dotnet $tests -class '*.ErrorTopicTests' -class '*.PublicSurfaceTests'
    }
    finally { $env:CLUSTERHEAL_APPROVE = $null }
    Build
}

function Package {
    Build
    Pack
}

function Pack {
    $version = (Import-PowerShellDataFile out/ClusterHeal/ClusterHeal.psd1).ModuleVersion
    $name = Join-Path $PackageFolder "ClusterHeal.$version"
    Remove-Item "$name.nupkg", "$name.zip" -ErrorAction Ignore
    Compress-PSResource -Path out/ClusterHeal -DestinationPath $PackageFolder
    Compress-Archive out/ClusterHeal "$name.zip"
    Get-Item "$name.nupkg", "$name.zip"
}

function Clean {
    Get-ChildItem src, tests -Directory | Get-ChildItem -Directory | Where-Object Name -In 'bin', 'obj' | Remove-Item -Recurse
    if (Test-Path out) { Remove-Item out -Recurse }
}

foreach ($name in $Task) { & $name }
