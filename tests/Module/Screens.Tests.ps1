# What the eye sees first, at 80, 120 and 200 columns, with and without colour.

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    . "$PSScriptRoot/Samples.ps1"
    Import-Module $ModuleFile -Force

    function New-Shown([string] $Type, [hashtable] $Property) {
        $made = New-Sample ([ClusterHeal.CheckResult].Assembly.GetType("ClusterHeal.$Type", $true))
        foreach ($name in $Property.Keys) { Set-SampleProperty $made $name $Property[$name] }
        $made
    }
}

Describe 'A screen of <Width> columns' -ForEach @{ Width = 80 }, @{ Width = 120 }, @{ Width = 200 } {
    It 'keeps the reason of what a drain waits for' {
        $reason = 'budget default/web allows no disruption'
        $event = New-Shown NodeDrainEvent @{ NodeName = 'kubew01'; Kind = [ClusterHeal.NodeDrainEventKind]::Blocked; Namespace = 'default'; PodName = 'web-5d98dc958f-7xk2p'; Message = $reason; Time = [datetimeoffset] '2026-11-30T10:00:00Z' }
        $shown = ($event | Format-Table | Out-String -Width $Width) -replace '\s+', ' '
        foreach ($word in -split $reason) { $shown | Should -BeLike "*$word*" }
        $shown | Should -BeLike '*web-5d98dc958f-7xk2p*'
        $shown | Should -Match '\d\d:00:00[+-]\d\d:\d\d' -Because 'a time has its zone'
    }

    It 'shows what failed with its remedy' {
        $result = New-Shown CheckResult @{ Area = 'Etcd'; Name = 'EtcdQuorum'; Status = [ClusterHeal.CheckStatus]::Fail; Target = 'prod'; Message = 'No quorum.'; Remedy = 'Start-ControlPlaneComponent -HostName kubem01 -Component Etcd' }
        $shown = ($result | Format-Table | Out-String -Width $Width) -replace '\s+', ' '
        $shown | Should -BeLike '*Fail prod: No quorum. To do: Start-ControlPlaneComponent*'
    }

    It 'has room for what starts a component' {
        $status = New-Shown ComponentStatus @{ HostName = 'kubem00'; Component = [ClusterHeal.ClusterComponent]::ControllerManager; UnitName = 'kube-scheduler.service'; HealsAt = [datetimeoffset] '2026-11-30T10:00:00Z' }
        $status | Format-Table | Out-String -Width $Width | Should -BeLike '*kube-scheduler*' -Because 'more than the beginning of a name fits'
    }

    It 'says once why a repair does nothing about many checks, what fails first' {
        $left = foreach ($one in @('NodeLease', 'Unknown', 'It cannot be seen.'), @('EtcdMembers', 'Fail', 'Somebody stopped it.'), @('NodeReady', 'Unknown', 'It cannot be seen.')) {
            [ClusterHeal.ClusterRepairSymptom]::new($one[0], 'prod', $one[1], $one[2], $null)
        }
        $plan = New-Shown ClusterRepairPlan @{ NotRepaired = [ClusterHeal.ItemCollection[ClusterHeal.ClusterRepairSymptom]]::new([ClusterHeal.ClusterRepairSymptom[]] $left) }
        ($plan | Format-List | Out-String -Width $Width) -replace '\s+', ' ' | Should -BeLike '*NotRepaired : EtcdMembers prod: Somebody stopped it. NodeLease, NodeReady prod: It cannot be seen. *'
    }

    It 'begins the plan of a restore with the age of the snapshot, what is lost and what stands still' {
        $plan = New-Shown ClusterRestorePlan @{ ClusterName = 'prod'; SavedAt = [datetimeoffset]::Now.AddHours(-5); Differences = $null; LiveRevision = 120L }
        $lines = (($plan | Format-List | Out-String -Width $Width) -split "`n").Where{ $_ -match '^\w' }
        $lines[0] | Should -BeLike 'ClusterName*prod*'
        $lines[1] | Should -BeLike 'Snapshot*'
        $lines[2] | Should -BeLike 'Loses*after revision*'
        $lines[3] | Should -BeLike 'Stops*etcd and the API servers*'
        ($plan | Format-List | Out-String -Width $Width) -replace '\s+', ' ' | Should -BeLike '*5 hours ago*'
    }
}

Describe 'Colour' {
    It 'marks the state of <Type>, and is not in text' -ForEach @(
        @{ Type = 'CheckResult'; Property = 'Status'; Value = 'Fail'; Colour = 'BrightRed' }
        @{ Type = 'CheckResult'; Property = 'Status'; Value = 'Pass'; Colour = 'BrightGreen' }
        @{ Type = 'NodeStatus'; Property = 'Status'; Value = 'NotReady,SchedulingDisabled'; Colour = 'BrightRed' }
        @{ Type = 'NodeStatus'; Property = 'Status'; Value = 'Ready'; Colour = 'BrightGreen' }
        @{ Type = 'ComponentStatus'; Property = 'State'; Value = 'Stopped'; Colour = 'BrightRed' }
        @{ Type = 'ClusterRestoreReport'; Property = 'Outcome'; Value = 'PutBack'; Colour = 'BrightYellow' }
        @{ Type = 'DrillReport'; Property = 'Verdict'; Value = 'AsExpected'; Colour = 'BrightGreen' }
    ) {
        $of = [ClusterHeal.CheckResult].Assembly.GetType("ClusterHeal.$Type").GetProperty($Property).PropertyType
        $sample = New-Shown $Type @{ $Property = $Value -as $of }
        $former = $PSStyle.OutputRendering
        try {
            $PSStyle.OutputRendering = 'Ansi'
            $coloured = $sample | Out-String -Width 200
            $PSStyle.OutputRendering = 'PlainText'
            $plain = $sample | Out-String -Width 200
        }
        finally { $PSStyle.OutputRendering = $former }
        $coloured.Contains("$($PSStyle.Foreground.$Colour)$Value") | Should -BeTrue
        $plain | Should -BeLike "*$Value*"
        $plain | Should -Not -Match '\e'
    }

    It 'is left out where NO_COLOR is set' {
        $file = Join-Path $TestDrive 'no-colour.ps1'
        Set-Content $file "Import-Module '$ModuleFile'; `$PSStyle.OutputRendering"
        $env:NO_COLOR = '1'
        try { pwsh -NoProfile -File $file | Should -Be 'PlainText' } finally { $env:NO_COLOR = $null }
    }
}
