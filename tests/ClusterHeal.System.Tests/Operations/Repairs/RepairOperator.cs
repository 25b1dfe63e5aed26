using ClusterHeal.Operations.Repairs;
using ClusterHeal.Practice.Processes;
using ClusterHeal.Tests.Hosts;
using ClusterHeal.Tests.Operations.Restores;

namespace ClusterHeal.Tests.Operations.Repairs;

/// <summary>An operator's process that is killed in the middle of a repair: this test program again, running the one test below.</summary>
public sealed class RepairOperator
{
    private const string Folder = "CLUSTERHEAL_TEST_FOLDER", Hosts = "CLUSTERHEAL_TEST_HOSTS", LastStep = "CLUSTERHEAL_TEST_STEP";

    internal static Task<ToolResult> StartAsync(string folder, string hosts, string lastStep, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string?> { [Folder] = folder, [Hosts] = hosts, [LastStep] = lastStep };
        string[] arguments = [typeof(RepairOperator).Assembly.Location, "-explicit", "only", "-class", typeof(RepairOperator).FullName!];
        return Tool.RunAsync("dotnet", arguments, cancellationToken, environment);
    }

    /// <summary>A repair of the member on <c>m2</c>.</summary>
    internal static MemberRepairRequest Request(string folder, string hosts) => new()
    {
        OpenShell = HostLab.Shells.Open,
        Cluster = "practice",
        Hosts = [.. hosts.Split(',').Select(host => host.Split('=')).Select(host => RestoreOperator.Connection(folder, host[0], host[1]))],
        HostName = "m2",
        SnapshotFolder = folder,
        HealAfter = TimeSpan.FromMinutes(5),
        Force = true,
    };

    [Fact(Explicit = true)]
    public async Task Repairs_until_it_is_killed()
    {
        var folder = Environment.GetEnvironmentVariable(Folder)!;
        var request = Request(folder, Environment.GetEnvironmentVariable(Hosts)!);
        await using var repair = new MemberRepair(request, Path.Combine(folder, "journal"), TimeProvider.System);
        await repair.RunAsync(new DyingSink("Repairing etcd of practice", Environment.GetEnvironmentVariable(LastStep)!), CancellationToken.None);
    }
}
