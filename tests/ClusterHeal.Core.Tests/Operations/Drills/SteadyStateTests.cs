using ClusterHeal.Operations.Drills;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>When a cluster is not well enough for a drill.</summary>
public sealed class SteadyStateTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task What_cannot_be_seen_is_not_well()
    {
        var ills = await SteadyState.TryAsync("etcd", () => throw new ClusterHealException(ErrorIds.EtcdTimeout, FaultCategory.Timeout, "It did not answer."));
        Assert.Equal("etcd cannot be seen: It did not answer.", Assert.Single(ills));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(17, null)]
    [InlineData(18, "for 18 s")]
    [InlineData(-1, "yet")]
    public void A_lease_that_was_never_renewed_does_not_count(int age, string? late) =>
        Assert.Equal(late, SteadyState.LateBy(age < 0 ? null : Now - TimeSpan.FromSeconds(age), Now, TimeSpan.FromSeconds(15)));
}
