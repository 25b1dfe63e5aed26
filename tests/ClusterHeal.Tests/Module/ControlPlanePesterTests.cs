namespace ClusterHeal.Tests.Module;

/// <summary>The Pester files that need a practice control plane.</summary>
public sealed class ControlPlanePesterTests(RealControlPlane servers) : IClassFixture<RealControlPlane>
{
    /// <summary>Their names.</summary>
    public static TheoryData<string> Files => PesterFiles.Of(PesterServers.ControlPlane);

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Files))]
    public async Task In_a_real_pwsh(string file) =>
        await PesterFiles.RunAsync(file, await servers.StartAsync(TestContext.Current.CancellationToken));
}
