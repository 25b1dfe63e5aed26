namespace ClusterHeal.Tests.Module;

/// <summary>The Pester files that need real hosts.</summary>
public sealed class HostPesterTests(RealHosts servers) : IClassFixture<RealHosts>
{
    /// <summary>Their names.</summary>
    public static TheoryData<string> Files => PesterFiles.Of(PesterServers.Hosts);

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Files))]
    public async Task In_a_real_pwsh(string file) =>
        await PesterFiles.RunAsync(file, await servers.StartAsync(TestContext.Current.CancellationToken));
}
