@{
    RootModule           = 'ClusterHeal.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '3c9a1c1e-6b5f-4d0e-9a55-2f0d2f7f6a41'
    Author               = 'The ClusterHeal developers'
    CompanyName          = 'ClusterHeal'
    Copyright            = '(c) The ClusterHeal developers. MIT licence.'
    Description          = 'Back up a Kubernetes cluster, break it on purpose, and heal it: etcd snapshots that are proven, from the pipeline.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    NestedModules        = @('bin/ClusterHeal.dll')
    FormatsToProcess     = @('Views/Certificates.format.ps1xml', 'Views/Drills.format.ps1xml', 'Views/Etcd.format.ps1xml', 'Views/Healing.format.ps1xml', 'Views/Hosts.format.ps1xml', 'Views/Nodes.format.ps1xml', 'Views/Objects.format.ps1xml', 'Views/Repairs.format.ps1xml', 'Views/Restore.format.ps1xml', 'Views/Snapshot.format.ps1xml', 'Views/Upkeep.format.ps1xml')
    CmdletsToExport      = @(
        'Clear-EtcdAlarm'
        'Compare-EtcdSnapshot'
        'Connect-Cluster'
        'Disconnect-Cluster'
        'Export-ClusterReport'
        'Export-EtcdSnapshotObject'
        'Get-ClusterConnection'
        'Get-ClusterOperation'
        'Get-ControlPlaneComponent'
        'Get-EtcdConfiguration'
        'Get-EtcdMember'
        'Get-EtcdSnapshot'
        'Get-EtcdSnapshotObject'
        'Get-FailureDrill'
        'Get-NodeComponent'
        'Get-NodeDrainPlan'
        'Get-NodeStatus'
        'Get-PodPlacement'
        'Invoke-FailureDrill'
        'Invoke-NodeDrain'
        'Move-EtcdLeader'
        'Optimize-EtcdMember'
        'Repair-Cluster'
        'Repair-EtcdMember'
        'Restart-ControlPlaneComponent'
        'Restart-NodeComponent'
        'Restore-ClusterObject'
        'Restore-EtcdSnapshot'
        'Resume-NodeScheduling'
        'Save-EtcdSnapshot'
        'Start-ControlPlaneComponent'
        'Start-NodeComponent'
        'Stop-ControlPlaneComponent'
        'Stop-NodeComponent'
        'Suspend-NodeScheduling'
        'Test-ClusterHealth'
        'Test-EtcdSnapshot'
        'Undo-EtcdMemberRepair'
        'Undo-EtcdRestore'
        'Undo-FailureDrill'
        'Update-ControlPlaneCertificate'
        'Wait-NodeStatus'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('PSEdition_Core', 'Linux', 'Windows', 'Kubernetes', 'etcd', 'backup', 'restore', 'drain', 'health')
            ProjectUri   = 'https://github.com/ClusterHeal/ClusterHeal'
            LicenseUri   = 'https://github.com/ClusterHeal/ClusterHeal/blob/main/LICENSE'
            ReleaseNotes = 'CHANGELOG.md of the project says what changes for users.'
        }
    }
}
