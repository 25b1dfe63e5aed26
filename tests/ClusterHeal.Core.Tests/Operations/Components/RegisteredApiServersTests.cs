using ClusterHeal.Operations;

namespace ClusterHeal.Tests.Operations.Components;

/// <summary>Whether there are more API servers than are known: the restore drill is refused for each reason that is given here.</summary>
public sealed class RegisteredApiServersTests
{
    [Theory]
    [InlineData(2, null, null)]
    [InlineData(1, null, null)]
    [InlineData(3, null, "3 API servers are alive, and 2 are on the hosts")]
    [InlineData(0, null, "Whether there are API servers besides those on the hosts is not known (etcd has no lease of any API server)")]
    [InlineData(0, "etcd did not answer.", "Whether there are API servers besides those on the hosts is not known (etcd did not answer)")]
    public void What_is_not_counted_is_not_taken_for_none(int leases, string? reason, string? doubt)
    {
        var registered = new RegisteredApiServers([.. Enumerable.Range(1, leases).Select(i => $"10.0.0.{i}")], [], reason);

        Assert.Equal(doubt, registered.Besides(2));
    }
}
