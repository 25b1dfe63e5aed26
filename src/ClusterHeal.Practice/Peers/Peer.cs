namespace ClusterHeal.Practice.Peers;

/// <summary>A set of packages in the cache.</summary>
/// <param name="Home">Its folder.</param>
public sealed record Peer(string Home)
{
    /// <summary>Where its packages are unpacked, laid out as under <c>/</c>.</summary>
    public string Root => Path.Combine(Home, "root");

    /// <summary>Where the packages themselves are, as <c>.deb</c> files.</summary>
    public string Packages => Path.Combine(Home, "packages");

    /// <summary>The folder of its programs.</summary>
    public string Bin => Path.Combine(Root, "usr", "bin");

    /// <inheritdoc />
    public override string ToString() => Home;
}
