using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Tests.Etcd.Snapshots;

public sealed class InitialClusterTests
{
    private const string Three = "infra2=http://127.0.0.1:22380,infra1=http://127.0.0.1:12380,infra3=http://127.0.0.1:32380";

    // The IDs that etcd 3.5 gave these members.
    [Fact]
    public void Ids_are_those_of_etcd()
    {
        var one = InitialCluster.Parse("default=http://localhost:2380", InitialCluster.DefaultToken);
        Assert.Equal(0x8e9e05c52164694d, one.Members.Single().Id);
        Assert.Equal(0xcdf818194e3a8c32, one.Id);

        var three = InitialCluster.Parse(Three, "etcd-cluster-1");
        Assert.Equal([0x8211f1d0f64f3269, 0x91bc3c398fb3c146, 0xfd422379fda50e48], three.Members.Select(m => m.Id));
        Assert.Equal(["infra1", "infra2", "infra3"], three.Members.Select(m => m.Name));
        Assert.Equal(0xef37ad9dc622a7c4, three.Id);
    }

    [Fact]
    public void Another_token_gives_other_ids_and_another_name_does_not()
    {
        var members = InitialCluster.Parse(Three, "etcd-cluster-1").Members.Select(m => m.Id).ToArray();
        Assert.Empty(members.Intersect(InitialCluster.Parse(Three, "etcd-cluster-2").Members.Select(m => m.Id)));
        Assert.Equal(members, InitialCluster.Parse(Three.Replace("infra", "m"), "etcd-cluster-1").Members.Select(m => m.Id));
    }

    [Fact]
    public void Several_urls_of_a_member_are_sorted_and_blanks_are_ignored()
    {
        var cluster = InitialCluster.Parse(" a=HTTPS://h:2 ,, a=https://[::1]:1,b=unix://sock:0 ", "t");
        Assert.Equal(["https://[::1]:1", "https://h:2"], cluster.Member("a").PeerUrls);
        Assert.Equal("a=https://[::1]:1,a=https://h:2,b=unix://sock:0", cluster.ToString());
        cluster.CheckAdvertised("a", ["https://h:2", "https://[::1]:1"]);
    }

    [Theory]
    [InlineData("", ErrorIds.InitialClusterInvalid)]
    [InlineData("a", ErrorIds.InitialClusterInvalid)]
    [InlineData("=http://h:1", ErrorIds.InitialClusterInvalid)]
    [InlineData("a=http://h:1,b=http://h:1", ErrorIds.InitialClusterInvalid)]
    [InlineData("a=h:1", ErrorIds.PeerUrlInvalid)]
    [InlineData("a=ftp://h:1", ErrorIds.PeerUrlInvalid)]
    [InlineData("a=http://h", ErrorIds.PeerUrlInvalid)]
    [InlineData("a=http://h:1/", ErrorIds.PeerUrlInvalid)]
    [InlineData("a=http://::1:1", ErrorIds.PeerUrlInvalid)]
    [InlineData("a=http://h:http", ErrorIds.PeerUrlInvalid)]
    public void What_etcd_refuses_is_refused(string text, string errorId)
    {
        var fault = Assert.Throws<ClusterHealException>(() => InitialCluster.Parse(text, "t"));
        Assert.Equal(errorId, fault.ErrorId);
        Assert.NotNull(fault.Remedy);
    }

    [Fact]
    public void An_unknown_member_and_other_advertised_urls_are_refused()
    {
        var cluster = InitialCluster.Parse(Three, "t");
        Assert.Contains("'m9'", Assert.Throws<ClusterHealException>(() => cluster.Member("m9")).Message, StringComparison.Ordinal);
        Assert.Throws<ClusterHealException>(() => cluster.CheckAdvertised("infra1", ["http://127.0.0.1:22380"]));
    }
}
