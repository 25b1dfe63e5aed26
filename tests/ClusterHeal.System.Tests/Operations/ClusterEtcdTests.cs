using ClusterHeal.Operations;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations;

/// <summary>The etcd of a connected cluster. The way through a host is <c>EtcdHost</c>'s, which has tests of its own.</summary>
public sealed class ClusterEtcdTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_endpoints_of_the_connection_lead_to_all_members()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Tls = true }, Token);
        var cluster = new ClusterConnection
        {
            ClusterName = "practice", Endpoint = [etcd.Endpoint], CaFile = etcd.CaFile, CertFile = etcd.CertFile, KeyFile = etcd.KeyFile,
        };
        var member = Assert.Single(await ClusterEtcd.MembersAsync(cluster, HostLab.Shells, Token));
        Assert.Equal(("m1", true), (member.Name, member.IsHealthy == true));
    }

    [Fact]
    public async Task An_etcd_that_does_not_answer_is_a_failure_and_no_empty_list()
    {
        using var port = new ClosedPort();
        var cluster = new ClusterConnection { ClusterName = "gone", Endpoint = [$"http://{port.Endpoint}"] };
        var fault = await Assert.ThrowsAnyAsync<ClusterHealException>(() => ClusterEtcd.MembersAsync(cluster, HostLab.Shells, Token));
        Assert.Equal(ErrorIds.ConnectionRefused, fault.ErrorId);
    }

    [Fact]
    public async Task Without_endpoint_and_host_it_says_how_to_name_them()
    {
        var cluster = new ClusterConnection { ClusterName = "prod" };
        Assert.False(ClusterEtcd.IsKnown(cluster));
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => ClusterEtcd.MembersAsync(cluster, HostLab.Shells, Token));
        Assert.Equal(ErrorIds.NotConnected, fault.ErrorId);
        Assert.Contains("Connect-Cluster", fault.Remedy, StringComparison.Ordinal);
    }
}
