namespace ClusterHeal.Operations.Drills;

/// <summary>All drills that there are.</summary>
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

    /// <summary>What each is.</summary>
    public static IReadOnlyList<FailureDrill> Entries => [.. Drills.Select(d => d.Entry)];

    /// <summary>The drill of a name.</summary>
    internal static IFailureDrill Of(DrillName name) => Drills.First(d => d.Entry.Name == name);
}
