# Every type that a cmdlet says it puts out, and every one in these that has a view, can be drawn, and what is drawn is what scripts get.

BeforeDiscovery {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $ModuleFile -Force
    $put = (Get-Command -Module ClusterHeal).OutputType.Type.Where{ $_.Namespace -eq 'ClusterHeal' }
    $seen = (Get-FormatData -TypeName ClusterHeal.*).TypeNames | ForEach-Object { [ClusterHeal.CheckResult].Assembly.GetType($_, $true) }
    $types = @(@($put; $seen) | Sort-Object -Unique FullName | ForEach-Object { @{ Type = $_; Name = $_.FullName } } | Select-Some)
}

Describe 'Views' {
    BeforeAll { . "$PSScriptRoot/Common.ps1" }

    It 'come with the module' {
        (Import-Module $ModuleFile -Force -PassThru).ExportedFormatFiles | Should -Not -BeNullOrEmpty
    }
}

Describe 'View of <Name>' -ForEach $types {
    BeforeAll {
        . "$PSScriptRoot/Samples.ps1"
        $controls = (Get-FormatData -TypeName $Name).FormatViewDefinition.Control
        $table = $controls.Where{ $_ -is [Management.Automation.TableControl] }
        $list = $controls.Where{ $_ -is [Management.Automation.ListControl] }
        # These two are what 'kubectl get -o wide' shows, and a little more.
        $most = if ($Name -in 'ClusterHeal.NodeStatus', 'ClusterHeal.PodPlacement') { 9 } else { 6 }
    }

    It 'is a table of few columns, or a list' {
        if ($table) { $table[0].Headers.Count | Should -BeLessOrEqual $most } else { $list | Should -Not -BeNullOrEmpty }
    }

    It 'draws its columns, even for an object of which nothing is known' {
        $empty = [Runtime.CompilerServices.RuntimeHelpers]::GetUninitializedObject($Type)
        $columns = if ($table) { $table[0].Headers.ForEach{ $_.Label }.Where{ $_ } }
        $drawn = $(if ($table) { $empty | Format-Table } else { $empty | Format-List }) | Out-String -Width 200
        foreach ($column in $columns) { $drawn | Should -BeLike "*$column*" }
        $drawn | Should -Not -BeLike '*#ERR*'
    }

    It 'shows properties, by their names, in strict mode too' {
        Set-StrictMode -Version Latest
        $labels = Get-ViewLabel $Name
        $labels.Where{ $_ -notin $Type.GetProperties().Name } | Should -BeNullOrEmpty
        $sample = New-Sample $Type
        foreach ($label in $labels) { $null = $sample | Where-Object { $_.$label } | Select-Object -ExpandProperty $label }
        $(if ($table) { $sample | Format-Table } else { $sample | Format-List }) | Out-String -Width 200 | Should -Not -BeLike '*#ERR*'
    }
}

Describe 'What <Name> is in files' -ForEach $types {
    BeforeAll {
        . "$PSScriptRoot/Samples.ps1"

        # The enums of an object, and of all in it, beside what became of them in JSON.
        function Get-Word([object] $Value, [object] $Json, [string] $Place) {
            if ($Value -is [enum]) { return [pscustomobject]@{ Place = $Place; Word = "$Value"; Json = $Json } }
            if ($Value -is [Collections.IList]) { if ($Value.Count) { Get-Word $Value[0] $Json[0] $Place } return }
            if ($null -eq $Value -or $Value.GetType().Namespace -ne 'ClusterHeal') { return }
            foreach ($property in $Value.psobject.Properties) { Get-Word $property.Value $Json.($property.Name) "$Place.$($property.Name)" }
        }
    }

    It 'has its enums as words in JSON, and they compare as words and as what they are' {
        $sample = New-Sample $Type
        $json = $sample | ConvertTo-Json -Depth 9 | ConvertFrom-Json
        foreach ($found in Get-Word $sample $json $Name) {
            $found.Json | Should -BeOfType [string] -Because $found.Place
            $found.Json | Should -Be $found.Word -Because $found.Place
        }
        foreach ($property in $sample.psobject.Properties.Where{ $_.Value -is [enum] }) {
            $property.Value -eq "$($property.Value)" | Should -BeTrue
            $property.Value -eq [Enum]::GetValues($property.Value.GetType())[-1] | Should -BeTrue
        }
    }

    It 'has texts in CSV, and no names of types' {
        $row = New-Sample $Type | ConvertTo-Csv | ConvertFrom-Csv
        foreach ($property in $row.psobject.Properties) {
            $property.Value | Should -Not -Match '^(System|ClusterHeal)\.|\[\]$|`\d|^\w+ \{ ' -Because "$Name.$($property.Name)"
        }
    }
}
