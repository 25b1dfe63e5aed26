using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Module;

/// <summary>The Pester files of tests/Module, by the servers that they need, and how one of them is run on the staged module, in a real pwsh.</summary>
internal static class PesterFiles
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "tests", "Module");

    private static readonly string Pester = Path.Combine(AppContext.BaseDirectory, "Pester", "Pester.psd1");

    private static readonly string Probe =
        AppContext.BaseDirectory.Replace("ClusterHeal.Tests", "ClusterHeal.Probe", StringComparison.Ordinal) + "ClusterHeal.Probe.dll";

    /// <summary>The names of the files that need these servers.</summary>
    public static TheoryData<string> Of(PesterServers servers) =>
        [.. Directory.GetFiles(Folder, "*.Tests.ps1").Select(file => Path.GetFileName(file)!).Where(file => ServersOf(file) == servers).Order(StringComparer.Ordinal)];

    /// <summary>Runs a file.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="servers">How to reach its servers, as environment variables.</param>
    public static async Task RunAsync(string file, Dictionary<string, string?> servers)
    {
        servers["CLUSTERHEAL_TEST_PROBE"] = Probe;
        foreach (var (name, value) in Pwsh.Environment) servers[name] = value;
        string[] arguments = ["-NoProfile", "-NonInteractive", "-File", Path.Combine(Folder, "Run.ps1"), Path.Combine(Folder, file), "-Pester", Pester];
        var run = await Tool.RunAsync(Pwsh.File, arguments, TestContext.Current.CancellationToken, servers);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output + run.Error);
    }

    private static PesterServers ServersOf(string file) => file.Split('.')[0] switch
    {
        "Etcd" or "Health" or "Samples" or "Upkeep" => PesterServers.Etcd,
        "Nodes" or "Tab" or "Connections" => PesterServers.ControlPlane,
        "Repair" or "Restore" or "LiveHosts" or "Certificates" => PesterServers.Hosts,
        "LiveSnippets" or "Ssh" => PesterServers.Cluster,
        _ => PesterServers.None,
    };
}
