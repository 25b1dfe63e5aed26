using ClusterHeal.Etcd;

namespace ClusterHeal.Tests.Etcd;

/// <summary>How versions of etcd are read, and what is asked of them.</summary>
public sealed class EtcdVersionsTests
{
    [Theory]
    [InlineData("3.6.5", "3.6.5")]
    [InlineData("v3.5.21", "3.5.21")]
    [InlineData("3.5.21-0", "3.5.21")]
    [InlineData("3.6.0-rc.3", "3.6.0")]
    [InlineData("3.4.37+bcs", "3.4.37")]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("latest", null)]
    public void A_version_is_read_as_servers_programs_and_images_write_it(string? text, string? version)
    {
        Assert.Equal(version, EtcdVersions.Parse(text)?.ToString());
        Assert.Equal(version is null ? null : string.Join('.', version.Split('.')[..2]), EtcdVersions.ParseMinor(text)?.ToString());
    }

    [Theory]
    [InlineData("3.3.27", false)]
    [InlineData("3.4.0", true)]
    [InlineData("3.6.0-alpha.0", true)]
    [InlineData("unknown", false)]
    public void A_version_that_is_not_known_has_nothing_that_came_later(string text, bool hasLearners) =>
        Assert.Equal(hasLearners, EtcdVersions.ParseMinor(text) >= EtcdVersions.Learners);
}
