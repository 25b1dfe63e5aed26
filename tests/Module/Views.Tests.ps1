# Every type that a cmdlet says it puts out has a view of its own that can be drawn.

BeforeDiscovery {
    . "$PSScriptRoot/Common.ps1"
    Import-Module $ModuleFile -Force
    $types = (Get-Command -Module ClusterHeal).OutputType.Type.Where{ $_.Namespace -eq 'ClusterHeal' } | Sort-Object -Unique FullName |
        ForEach-Object { @{ Type = $_; Name = $_.FullName } }
}

Describe 'Views' {
    BeforeAll { . "$PSScriptRoot/Common.ps1" }

    It 'come with the module' {
        (Import-Module $ModuleFile -Force -PassThru).ExportedFormatFiles | Should -Not -BeNullOrEmpty
    }
}

Describe 'View of <Name>' -ForEach $types {
    BeforeAll {
        $table = (Get-FormatData -TypeName $Name).FormatViewDefinition.Control.Where{ $_ -is [Management.Automation.TableControl] }
    }

    It 'is a table of at most six columns' {
        $table | Should -Not -BeNullOrEmpty
        $table[0].Headers.Count | Should -BeLessOrEqual 6
    }

    It 'draws its columns, even for an object of which nothing is known' {
        $empty = [Runtime.CompilerServices.RuntimeHelpers]::GetUninitializedObject($Type)
        $columns = $table[0].Headers.ForEach{ $_.Label }.Where{ $_ }
        $drawn = $empty | Format-Table | Out-String -Width 200
        foreach ($column in $columns) { $drawn | Should -BeLike "*$column*" }
        $drawn | Should -Not -BeLike '*#ERR*'
    }
}
