namespace ClusterHeal.Tests.Module;

/// <summary>The Pester files that need no server.</summary>
public sealed class PesterTests
{
    /// <summary>Their names.</summary>
    public static TheoryData<string> Files => PesterFiles.Of(PesterServers.None);

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Files))]
    public Task In_a_real_pwsh(string file) => PesterFiles.RunAsync(file, []);
}
