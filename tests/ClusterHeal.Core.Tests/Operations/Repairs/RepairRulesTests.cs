using ClusterHeal.Operations.Repairs;
using ClusterHeal.Operations.Restores;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Tests.Etcd;

namespace ClusterHeal.Tests.Operations.Repairs;

/// <summary>What is not known of a member that is to be repaired. The other members are real ones.</summary>
public sealed class RepairRulesTests(RepairRulesTests.Cluster cluster) : IClassFixture<RepairRulesTests.Cluster>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Unknown => new()
    {
        { "version", "the version of its etcd is not known" },
        { "another version", "its etcd is 3.4, and the others' is 3.5" },
        { "database", "it cannot be seen which database its etcd has open" },
    };

    [Theory]
    [MemberData(nameof(Unknown))]
    public async Task What_is_not_known_of_its_host_refuses_the_repair(string what, string says)
    {
        using var ground = await GroundAsync();
        RepairRules.Check(ground, Request(ground), []);
        var host = ground.Target with
        {
            Facts = what switch
            {
                "version" => ground.Target.Facts with { Version = null },
                "another version" => ground.Target.Facts with { Version = new Version(3, 4) },
                _ => ground.Target.Facts with { OpenDatabase = null },
            },
        };

        var refusal = Assert.Throws<ClusterHealException>(
            () => RepairRules.Check(ground with { Target = host, Own = ground.Own! with { Host = host } }, Request(ground), []));

        Assert.Equal(ErrorIds.RepairRefused, refusal.ErrorId);
        Assert.Contains($"{ground.Target.Configuration.Name}: {says}", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A member that cannot say what it has is no healthy one. The user is asked, and told this.</summary>
    [Fact]
    public async Task A_hash_that_cannot_be_had_is_something_that_is_wrong_with_it()
    {
        using var ground = await GroundAsync();
        var (hash, revision) = (ground.Hashes[0].Hash, ground.Hashes[0].Revision);

        Assert.Null(await RepairGround.FindingAsync(ground, hash, revision, Stop));
        var finding = await RepairGround.FindingAsync(ground, hash, revision + 1_000_000, Stop);

        Assert.StartsWith("its data cannot be compared: ", finding, StringComparison.Ordinal);
    }

    private static MemberRepairRequest Request(RepairGround ground) => new()
    {
        Cluster = "c", Hosts = [], HostName = ground.Target.Configuration.Name, SnapshotFolder = ".", OpenShell = _ => ground.Target.Shell,
    };

    private async Task<RepairGround> GroundAsync()
    {
        FoundHost[] hosts = [.. cluster.Etcd.Members.Select(SampleMember.Found)];
        using var client = (await TestConnection.ToAsync(cluster.Etcd, Stop)).OpenFirst();
        var members = (await client.MemberListAsync(linearizable: true, Stop)).Members;
        var (own, _) = await ServingMembers.AskAsync(hosts[2], Stop);
        var hash = await client.HashKVAsync(own!.Status.Header.Revision, Stop);
        return new RepairGround
        {
            Target = hosts[2],
            Others = await ServingMembers.AskAsync(hosts[..2], Stop),
            Hosts = hosts,
            Members = members,
            Former = members.Single(member => member.Name == hosts[2].Configuration.Name),
            Own = own,
            Finding = "it does not serve.",
            OnOtherHosts = [],
            Alarms = [],
            Hashes = [(hosts[0].Configuration.Name, own.Status.Header.Revision, hash.Hash)],
        };
    }

    public sealed class Cluster : IAsyncLifetime
    {
        internal LocalEtcd Etcd { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Members = 3 }, CancellationToken.None);

        public ValueTask DisposeAsync() => Etcd.DisposeAsync();
    }
}
