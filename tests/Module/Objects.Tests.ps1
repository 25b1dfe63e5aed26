# What is in a snapshot, from the pipeline, with the snapshot of a real cluster.

Describe 'The objects in a snapshot' {
    BeforeAll {
        . "$PSScriptRoot/Common.ps1"
        Import-Module $ModuleFile -Force
        $snapshot = Join-Path $PSScriptRoot '../Fixtures/kubernetes/kube-1.36-etcd-3.5.db' | Resolve-Path | Convert-Path

        function Complete([string] $line) {
            # Tab offers what comes at once, or nothing: on a busy machine it is pressed again.
            $until = (Get-Date).AddSeconds(60)
            do { $offered = (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText } until ($offered -or (Get-Date) -gt $until)
            $offered
        }
    }

    It 'are listed, selected and drawn' {
        $nginx = Get-EtcdSnapshotObject $snapshot Deployment nginx
        $nginx | Should -BeOfType ([ClusterHeal.EtcdSnapshotObject])
        $nginx.Labels['run'] | Should -Be 'nginx'
        $nginx | Format-Table | Out-String -Width 200 | Should -BeLike '*deployments*default*nginx*524*2026-11-22 11:29:18Z*Protobuf*'
        (Get-Item $snapshot | Get-EtcdSnapshotObject -Kind Pod -LabelSelector 'run in (nginx)').Count | Should -Be 6
    }

    It 'come one after another, not all at the end' {
        Get-EtcdSnapshotObject $snapshot | Select-Object -First 1 | Should -Not -BeNullOrEmpty
    }

    It 'tell of a selector that is none, and of a revision that is not there' {
        Get-EtcdSnapshotObject $snapshot -LabelSelector 'a b' -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'LabelSelectorNotValid,*'
        Get-EtcdSnapshotObject $snapshot -AtRevision 577 -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'SnapshotRevisionNotHeld,*'
    }

    It 'complete kinds, namespaces and names' {
        Complete "Get-EtcdSnapshotObject -Path '$snapshot' -Kind Wid" | Should -Be 'Widget'
        Complete "Get-EtcdSnapshotObject -Path '$snapshot' -Namespace kube-p" | Should -Be 'kube-public'
        Complete "Get-EtcdSnapshotObject -Path '$snapshot' -Kind Deployment -Name n" | Should -Be 'nginx'
        Complete "Compare-EtcdSnapshot -Path '$snapshot' -Kind ClusterRoleBinding -Name system:node-" | Should -Contain 'system:node-proxier'
        Push-Location (Split-Path $snapshot)
        try { Complete "Get-EtcdSnapshotObject -Path ./kube-1.36-etcd-3.5.db -Kind Wid" | Should -Be 'Widget' } finally { Pop-Location }
        $line = "Get-EtcdSnapshotObject -Path './there-is-no-such-file' -Kind P"
        (TabExpansion2 $line $line.Length).CompletionMatches | Should -BeNullOrEmpty
    }

    It 'are the same as themselves' {
        Compare-EtcdSnapshot $snapshot $snapshot | Should -BeNullOrEmpty
        $counts = Get-EtcdSnapshot $snapshot | Compare-EtcdSnapshot -DifferencePath $snapshot -Summary
        $counts | Should -BeOfType ([ClusterHeal.EtcdSnapshotDifferenceCount])
        $counts.Where{ $_.Resource -eq 'pods' -and $_.Namespace -eq 'default' }.Unchanged | Should -Be 6
        $counts.Where{ $_.Resource -in 'events', 'leases', 'endpointslices' } | Should -BeNullOrEmpty
        $counts | Format-Table | Out-String -Width 200 | Should -BeLike '*pods*default*6*'
    }

    It 'are written as manifests, and nothing with -WhatIf' {
        $folder = Join-Path $TestDrive 'manifests'
        Get-EtcdSnapshotObject $snapshot -Kind Widget | Export-EtcdSnapshotObject $folder -WhatIf
        $folder | Should -Not -Exist
        $file = Get-EtcdSnapshotObject $snapshot -Kind Widget | Export-EtcdSnapshotObject $folder
        $file.IsManifest | Should -BeTrue
        $file.Path | Should -BeLike "$folder*widgets.example.com*.yaml"
        Get-Content $file.Path -Raw | Should -BeLike '*kind: Widget*'
        $raw = Get-EtcdSnapshotObject $snapshot -Kind Deployment | Export-EtcdSnapshotObject $folder -WarningVariable said -WarningAction SilentlyContinue
        $raw.IsManifest | Should -BeFalse
        $said | Should -BeLike '*as they are stored*'
    }

    It 'take a file of keys, and say if there is none' {
        $nowhere = Join-Path $TestDrive 'there-are-no-keys.yaml'
        $keys = @{ EncryptionConfigurationFile = $nowhere; ErrorVariable = 'problem'; ErrorAction = 'SilentlyContinue' }
        foreach ($call in { Get-EtcdSnapshotObject $snapshot @keys }, { Compare-EtcdSnapshot $snapshot $snapshot @keys },
            { Get-EtcdSnapshotObject $snapshot Widget | Export-EtcdSnapshotObject (Join-Path $TestDrive 'none') @keys }) {
            $problem = $null
            . $call | Should -BeNullOrEmpty
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
        }
    }

    It 'can be restored: what is taken, and what has to be said first' {
        Complete "Restore-ClusterObject -Path '$snapshot' -Kind Wid" | Should -Be 'Widget'
        Complete "Restore-ClusterObject -Path '$snapshot' -Namespace default -Kind Deployment -Name n" | Should -Be 'nginx'
        Restore-ClusterObject -Path $snapshot -Namespace default -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ObjectsNotNamed,*'

        # An object, and a difference that has one, reach the way to the cluster; one that came after the snapshot has nothing to restore.
        $nowhere = Join-Path $TestDrive 'there-is-no-kubeconfig'
        $nginx = Get-EtcdSnapshotObject $snapshot Deployment nginx
        $changed = [ClusterHeal.EtcdSnapshotDifference]@{ Path = $snapshot; Change = 'Deleted'; Resource = 'deployments'; Kind = ''; Namespace = ''; Name = ''; SnapshotObject = $nginx }
        $added = [ClusterHeal.EtcdSnapshotDifference]@{ Path = $snapshot; Change = 'Added'; Resource = 'deployments'; Kind = ''; Namespace = ''; Name = '' }
        foreach ($one in $nginx, $changed) {
            $one | Restore-ClusterObject -Kubeconfig $nowhere -WhatIf -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'KubeconfigNotFound,*'
        }
        $added | Restore-ClusterObject -Kubeconfig $nowhere -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'are drawn with the reason when they are restored' {
        $result = [ClusterHeal.ClusterObjectRestore]@{ Path = 'a'; ClusterName = 'b'; Resource = 'pods'; Namespace = 'c'; Name = 'd'; Revision = 1; Outcome = 'LeftOut'; Problem = 'ReplicaSet/e makes it.' }
        $result | Format-Table | Out-String -Width 200 | Should -BeLike '*LeftOut*pods*c*d*ReplicaSet/e makes it.*'
    }
}
