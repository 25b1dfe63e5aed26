using ClusterHeal.Operations.Restores;
using ClusterHeal.Practice.Processes;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Restores;

/// <summary>An operator's process that is killed in the middle of a restore: this test program again, running the one test below.</summary>
public sealed class RestoreOperator
{
    private const string Folder = "CLUSTERHEAL_TEST_FOLDER", Hosts = "CLUSTERHEAL_TEST_HOSTS", LastStep = "CLUSTERHEAL_TEST_STEP";

    internal static Task<ToolResult> StartAsync(
        string folder, string hosts, string lastStep, CancellationToken cancellationToken, params (string Name, string Value)[] more)
    {
        var environment = new Dictionary<string, string?> { [Folder] = folder, [Hosts] = hosts, [LastStep] = lastStep };
        foreach (var (name, value) in more) environment[name] = value;
        string[] arguments = [typeof(RestoreOperator).Assembly.Location, "-explicit", "only", "-class", typeof(RestoreOperator).FullName!];
        return Tool.RunAsync("dotnet", arguments, cancellationToken, environment);
    }

    internal static ClusterRestoreRequest Request(string folder) => new()
    {
        OpenShell = HostLab.Shells.Open,
        SnapshotPath = Path.Combine(folder, "snapshot.db"),
        Cluster = "practice",
        LastSnapshotFolder = folder,
        HealAfter = TimeSpan.FromMinutes(3),
        ReadyPatience = TimeSpan.FromSeconds(15),
        Force = true,
    };

    internal static HostConnection Connection(string folder, string name, string address) => new()
    {
        HostName = name,
        UserName = "root",
        KeyFilePath = Path.Combine(folder, "id_practice"),
        ConnectTimeout = TimeSpan.FromSeconds(15),
        SshOption = new Dictionary<string, string>
        {
            ["HostName"] = address, ["UserKnownHostsFile"] = Path.Combine(folder, "known_hosts"), ["GlobalKnownHostsFile"] = "/dev/null",
            ["ServerAliveInterval"] = "4",
        },
    };

    [Fact(Explicit = true)]
    public async Task Restores_until_it_is_killed()
    {
        var folder = Environment.GetEnvironmentVariable(Folder)!;
        var lastStep = Environment.GetEnvironmentVariable(LastStep)!;
        var connections = Environment.GetEnvironmentVariable(Hosts)!.Split(',').Select(host => host.Split('='))
            .Select(host => Connection(folder, host[0], host[1])).ToArray();
        await using var restore = new ClusterRestore(connections, Request(folder), Path.Combine(folder, "journal"), TimeProvider.System);
        await restore.RunAsync(new DyingSink("Restoring practice", lastStep), CancellationToken.None);
    }
}
