using ClusterHeal.Operations.Repairs;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Repairs;

/// <summary>What another machine reads of a repair on the host.</summary>
public sealed class RepairRecordTests
{
    private const string Folder = "var/lib/clusterheal/repair";

    [Fact]
    public async Task Another_machine_reads_all_that_the_record_says()
    {
        using var host = new SimulatedHost();
        var record = Record("20261130T120000Z-aa");
        host.Write($"{Folder}/{record.OperationId}/record.json", record.ToString());

        var found = Assert.Single(await RepairRecord.FindAsync(host, TestContext.Current.CancellationToken));

        Assert.Equal((false, false), (found.IsFinished, found.IsForward));
        Assert.Equal(record.ToString(), found.Record.ToString());
        Assert.Equal(["https://10.0.0.3:2380", "https://m2.example:2380"], found.Record.Configuration.InitialAdvertisePeerUrls);
        Assert.Equal(["a note"], found.Record.Configuration.Notes);
        Assert.Empty(found.Record.Configuration.Difference);
        Assert.Equal(["etcd", "--name=m2"], found.Record.Etcd.CommandLine);
        Assert.Equal(ComponentState.Running, found.Record.Etcd.State);
    }

    [Fact]
    public async Task Repairs_are_listed_with_their_state_and_records_of_others_are_not()
    {
        using var host = new SimulatedHost();
        foreach (var id in new[] { "a", "b", "c" }) host.Write($"{Folder}/{id}/record.json", Record(id).ToString());
        host.Write($"{Folder}/b/forward", "");
        host.Write($"{Folder}/c/forward", "");
        host.Write($"{Folder}/c/finished", "");
        host.Write($"{Folder}/d/record.json", Record("../../etc").ToString());
        host.Write($"{Folder}/e/record.json", "{ \"operationId\": \"e\" }");
        host.Write($"{Folder}/f/record.json", "");

        var found = await RepairRecord.FindAsync(host, TestContext.Current.CancellationToken);

        Assert.Equal([("a", false, false), ("b", false, true), ("c", true, true)], found.Select(repair => (repair.Record.OperationId, repair.IsFinished, repair.IsForward)));
    }

    private static RepairRecord Record(string id) => new()
    {
        OperationId = id,
        Cluster = "prod",
        Operator = "admin@desk",
        StartedAt = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero),
        HostName = "m2",
        FormerName = "m2",
        FormerId = 0xfedcba9876543210,
        Voters = 3,
        ClusterId = "cdf818194e3a8c32",
        AsLearner = true,
        SnapshotPath = "/backup/etcd.db",
        SettingsPath = "/etc/kubernetes/manifests/etcd.yaml",
        Etcd = new()
        {
            HostName = "m2", Component = ClusterComponent.Etcd, State = ComponentState.Running, ManifestPath = "/etc/kubernetes/manifests/etcd.yaml", CommandLine = ["etcd", "--name=m2"],
        },
        Configuration = new()
        {
            Path = "/etc/kubernetes/manifests/etcd.yaml",
            Form = EtcdConfigurationForm.StaticPod,
            Name = "m2",
            DataDirectory = "/var/lib/etcd",
            ListenClientUrls = ["https://10.0.0.3:2379"],
            AdvertiseClientUrls = ["https://10.0.0.3:2379"],
            ListenPeerUrls = ["https://10.0.0.3:2380"],
            InitialAdvertisePeerUrls = ["https://10.0.0.3:2380", "https://m2.example:2380"],
            InitialCluster = "m2=https://10.0.0.3:2380",
            InitialClusterToken = "etcd-cluster",
            InitialClusterState = "new",
            Endpoint = ["https://10.0.0.3:2379"],
            Notes = ["a note"],
        },
    };
}
