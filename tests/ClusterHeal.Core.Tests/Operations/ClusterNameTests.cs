using ClusterHeal.Operations;

namespace ClusterHeal.Tests.Operations;

public sealed class ClusterNameTests
{
    [Theory]
    [InlineData("prod", "m0,m1,m2", "m1,m2", "prod")]
    [InlineData("prod", "", "m1", "prod")]
    [InlineData("prod", "m0,m1,m2", "m1,other", "m1")]
    [InlineData("", "", "m1,m2", "m1")]
    public void A_cluster_bears_its_connections_name_and_no_other_clusters(string name, string known, string hosts, string expected)
    {
        var connection = new ClusterConnection { ClusterName = name, HostName = known.Split(',', StringSplitOptions.RemoveEmptyEntries) };
        Assert.Equal(expected, ClusterName.Of(connection, hosts.Split(',')));
    }
}
