using ClusterHeal.Hosts;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Tests.Etcd;

namespace ClusterHeal.Tests.Operations.Components;

/// <summary>Which voters count when etcd is to be stopped on a host. That a stop is refused is tested on the hosts themselves.</summary>
public sealed class QuorumGuardTests
{
    /// <summary>This machine has no etcd whose settings could be read, so nobody can count.</summary>
    [Fact]
    public async Task Voters_that_cannot_be_counted_are_a_risk()
    {
        var connection = new HostConnection { HostName = "m0" };
        await using var shell = HostShell.OpenLocal(connection);

        var guard = await QuorumGuard.CountAsync(shell, connection, [], _ => throw new InvalidOperationException(), TestContext.Current.CancellationToken);

        Assert.True(guard.IsAtRisk);
        Assert.Contains("is not known", guard.Text, StringComparison.Ordinal);
        Assert.Equal(ErrorIds.QuorumAtRisk, guard.Refusal("m0").ErrorId);
    }

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
