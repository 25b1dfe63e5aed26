using ClusterHeal.Operations;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Tests.Etcd;

namespace ClusterHeal.Tests.Operations.Components;

/// <summary>Which voters count when etcd is to be stopped on a host. That a stop is refused is tested on the hosts themselves.</summary>
public sealed class QuorumGuardTests
{
    [Fact]
    public async Task A_member_does_not_vouch_for_others_that_advertise_its_address()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Members = 3 }, stop);
        var everywhere = await TestConnection.ToAsync(etcd, stop);
        using var client = everywhere.OpenFirst();
        var members = (await client.MemberListAsync(linearizable: true, stop)).Members.OrderBy(m => m.Name, StringComparer.Ordinal).ToArray();

        foreach (var member in members) Assert.True(await QuorumGuard.IsHealthyAsync(everywhere, member, stop));
        var throughOne = TestConnection.ToFirstWhatever(etcd);
        Assert.True(await QuorumGuard.IsHealthyAsync(throughOne, members[0], stop));
        Assert.False(await QuorumGuard.IsHealthyAsync(throughOne, members[1], stop));
        Assert.False(await QuorumGuard.IsHealthyAsync(throughOne, members[2], stop));
    }
}
