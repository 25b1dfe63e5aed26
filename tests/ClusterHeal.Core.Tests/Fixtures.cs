namespace ClusterHeal.Tests;

/// <summary>Files written by real servers, with known answers (tests/Fixtures).</summary>
internal static class Fixtures
{
    public static string Etcd(string name) => Path.Combine(RepositoryRoot.Path, "tests", "Fixtures", "etcd", name);

    public static byte[] ReadEtcd(string name) => File.ReadAllBytes(Etcd(name));
}
