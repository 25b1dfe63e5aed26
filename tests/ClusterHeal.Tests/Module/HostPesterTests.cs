namespace ClusterHeal.Tests.Module;

/// <summary>The Pester files that need real hosts. Those of repairs and certificates, whose parts other tests run, with <c>CLUSTERHEAL_TEST_ALL</c>.</summary>
public sealed class HostPesterTests(RealHosts servers) : IClassFixture<RealHosts>
{
    /// <summary>Their names.</summary>
    public static TheoryData<string> Files => PesterFiles.Of(PesterServers.Hosts);

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Files))]
    public async Task In_a_real_pwsh(string file)
    {
        if (file is "Repair.Tests.ps1" or "Certificates.Tests.ps1") LongTests.SkipUnlessWanted();
        await PesterFiles.RunAsync(file, await servers.StartAsync(TestContext.Current.CancellationToken));
    }
}
