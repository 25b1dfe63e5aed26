namespace ClusterHeal.Tests.Hosts;

public sealed class HostNamesTests
{
    [Theory]
    [InlineData("kubem00", "KubeM00")]
    [InlineData("kubem00.example", "kubem00.example.")]
    [InlineData("10.0.0.11", "10.0.0.11.")]
    [InlineData("fd00::1", "FD00:0:0:0:0:0:0:1")]
    [InlineData("fd00::1", "[fd00::1]")]
    [InlineData("10.0.0.11", "::ffff:10.0.0.11")]
    [InlineData("fe80::1%eth0", "FE80::1%eth0")]
    public void One_host_in_two_spellings(string one, string other) => Assert.True(HostNames.AreSame(one, other), $"{HostNames.Normal(one)} {HostNames.Normal(other)}");

    [Theory]
    [InlineData("kubem00", "kubem01")]
    [InlineData("kubem0", "kubem00")]
    [InlineData("kubem00", "kubem00.example")]
    [InlineData("10.0.0.1", "10.0.0.11")]
    [InlineData("kubem00", "")]
    [InlineData("kubem00", null)]
    public void Two_hosts(string one, string? other) => Assert.False(HostNames.AreSame(one, other));
}
