namespace ClusterHeal.Operations.Drills;

/// <summary>All drills.</summary>
public static class DrillCatalogue
{
    private static readonly IFailureDrill[] Drills =
    [
        new ApiServerDrill(),
        ElectedDrill.Scheduler,
        ElectedDrill.ControllerManager,
        new EtcdMemberDrill(),
        new EtcdMemberLossDrill(),
        new EtcdNoSpaceDrill(),
        NodeOutageDrill.Kubelet,
        NodeOutageDrill.ContainerRuntime,
        new NodeMaintenanceDrill(),
        new SnapshotRestoreDrill(),
    ];

    /// <summary>The description of each drill.</summary>
    public static IReadOnlyList<FailureDrill> Entries => [.. Drills.Select(d => d.Entry)];

    internal static IFailureDrill Of(DrillName name) => Drills.First(d => d.Entry.Name == name);
}
