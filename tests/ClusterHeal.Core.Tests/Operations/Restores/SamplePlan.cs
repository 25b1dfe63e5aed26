namespace ClusterHeal.Tests.Operations.Restores;

/// <summary>The plan of a cluster's restore for tests that look at one part of it.</summary>
internal static class SamplePlan
{
    public static ClusterRestorePlan Plan { get; } = new()
    {
        OperationId = "op",
        ClusterName = "prod",
        Data = new EtcdRestorePlan
        {
            Path = "prod.db",
            SnapshotSize = 1,
            SnapshotRevision = 100,
            SnapshotVersion = null,
            TargetVersion = new Version(3, 5),
            InitialClusterToken = "t",
            ClusterId = "c2",
            Members = [new EtcdRestoreMember("m1", "m", ["https://10.0.0.1:2380"])],
            BumpRevision = 0,
            SkipHashCheck = false,
            GoneApiServers = [],
        },
        Hosts = [],
        LostMembers = [],
        LiveRevision = null,
        LastSnapshotPath = null,
        HealAfter = TimeSpan.FromMinutes(15),
        RestartKubelet = false,
    };
}
