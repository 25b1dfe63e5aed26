namespace ClusterHeal.Tests.Module;

/// <summary>The Pester files that need a real etcd.</summary>
public sealed class EtcdPesterTests(RealEtcd servers) : IClassFixture<RealEtcd>
{
    /// <summary>Their names.</summary>
    public static TheoryData<string> Files => PesterFiles.Of(PesterServers.Etcd);

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Files))]
    public async Task In_a_real_pwsh(string file) =>
        await PesterFiles.RunAsync(file, await servers.StartAsync(TestContext.Current.CancellationToken));
}
