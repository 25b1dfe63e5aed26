using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;

namespace ClusterHeal.Tests.Operations.Health;

/// <summary>One odd entry of the API is told as such, and ends nothing else.</summary>
public sealed class OddServerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("not a name\n")]
    [InlineData("\0")]
    public async Task A_certificate_of_an_address_that_is_none_is_unseen(string address)
    {
        var sightings = await new ShownCertificate("kubew01", "kubelet", address, 10250, null, "Renew it.").LookAsync(Stop);
        Assert.Empty(sightings.Seen);
        Assert.Equal("kubew01", Assert.Single(sightings.Unseen).Target);
    }

    [Fact]
    public void A_pressure_that_nobody_has_seen_is_no_problem_of_a_node()
    {
        var node = new Node
        {
            Status = new NodeState
            {
                Conditions =
                [
                    new Condition { Type = "Ready", Status = "Unknown" },
                    new Condition { Type = "MemoryPressure", Status = "Unknown" },
                    new Condition { Type = "DiskPressure", Status = "True" },
                    new Condition { Type = "PIDPressure", Status = "False" },
                ],
            },
        };
        Assert.Equal(["DiskPressure"], NodeReport.Make(node, null, null, "prod", DateTimeOffset.UnixEpoch).Problems);
    }
}
