namespace ClusterHeal.Tests.Module;

/// <summary>The Pester files that need a whole practice cluster; with <c>CLUSTERHEAL_TEST_ALL</c>.</summary>
public sealed class ClusterPesterTests(SshCluster servers) : IClassFixture<SshCluster>
{
    /// <summary>Their names.</summary>
    public static TheoryData<string> Files => PesterFiles.Of(PesterServers.Cluster);

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Files))]
    public async Task In_a_real_pwsh(string file)
    {
        LongTests.SkipUnlessWanted();
        await PesterFiles.RunAsync(file, await servers.StartAsync(TestContext.Current.CancellationToken));
    }
}
