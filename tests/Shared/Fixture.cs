namespace ClusterHeal.Tests;

/// <summary>The real files with known answers below tests/Fixtures.</summary>
internal static class Fixture
{
    /// <summary>The path of a fixture, as in <c>etcd/snap.db</c>.</summary>
    public static string PathOf(string name) => Path.Combine(RepositoryRoot.Path, "tests", "Fixtures", name);

    public static byte[] Read(string name) => File.ReadAllBytes(PathOf(name));
}
