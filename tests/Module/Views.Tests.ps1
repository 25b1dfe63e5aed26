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
}
