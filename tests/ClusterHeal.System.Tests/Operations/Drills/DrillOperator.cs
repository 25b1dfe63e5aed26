using System.Diagnostics;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations.Drills;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Processes;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>An operator's process that is killed in the middle of a drill: this test program again, running the one test below.</summary>
public sealed class DrillOperator
{
    private const string Variable = "CLUSTERHEAL_TEST_DRILL";

    /// <summary>Runs a drill in a process of its own that is killed by SIGKILL when a phase begins, or a step of a restore.</summary>
    internal static async Task RunAndDieAsync(PracticeCluster cluster, DrillName drill, string moment, TimeSpan? healAfter, CancellationToken cancellationToken)
    {
        var hosts = string.Join(',', cluster.Hosts.Hosts.Select(h => $"{h.Name}={h.Address}"));
        var environment = new Dictionary<string, string?>
        {
            [Variable] = string.Join('|', drill, moment, cluster.KubeconfigFile, cluster.Hosts.Folder, hosts, (int)(healAfter?.TotalSeconds ?? 0), cluster.Masters.Count),
        };
        string[] arguments = [typeof(DrillOperator).Assembly.Location, "-explicit", "only", "-class", typeof(DrillOperator).FullName!];
        var run = await Tool.RunAsync("dotnet", arguments, cancellationToken, environment);
        Assert.True(run.ExitCode == 137, run.Output);
        await HostLab.EventuallyAsync(() => Task.FromResult(OrphansOf(cluster.Hosts.Folder).Length == 0), "the dead one's ssh have ended, too");
    }

    /// <summary>The processes without a parent that use something of a folder, by their command lines.</summary>
    private static string[] OrphansOf(string folder) =>
    [
        .. Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1])).Where(IsOrphan).Select(CommandLineOf)
            .Where(line => line.Contains(folder, StringComparison.Ordinal) && line.Contains("ssh", StringComparison.Ordinal)),
    ];

    private static bool IsOrphan(string process) => Read($"{process}/status").Contains("\nPPid:\t1\n", StringComparison.Ordinal);

    private static string CommandLineOf(string process) => Read($"{process}/cmdline");

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ""; // It has just ended.
        }
    }

    [Fact(Explicit = true)]
    public async Task Runs_a_drill_until_it_is_killed()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('|') is not [var drill, var moment, var kubeconfig, var folder, var hosts, var seconds, var masters])
        {
            Assert.Skip("Run by other tests only.");
            return;
        }

        var connections = hosts.Split(',').Select(host => host.Split('=')).Select(host => DrillLab.Connection(folder, host[0], host[1])).ToArray();
        var request = new FailureDrillRequest
        {
            OpenShell = HostLab.Shells.Open,
            Drill = Enum.Parse<DrillName>(drill),
            Kubernetes = await KubernetesConnection.ReadAsync([kubeconfig], null, TestContext.Current.CancellationToken),
            Hosts = [.. connections.Take(int.Parse(masters, System.Globalization.CultureInfo.InvariantCulture))],
            NodeHost = name => connections.Single(c => c.HostName == name),
            Tolerance = TimeSpan.FromSeconds(2),
            HealAfter = seconds == "0" ? null : TimeSpan.FromSeconds(int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture)),
            JournalFolder = Path.Combine(folder, "killed"),
        };
        var sink = new RecordingSink
        {
            OnProgress = progress =>
            {
                if (progress.Status != moment) return;
                Process.GetCurrentProcess().Kill();
                Thread.Sleep(Timeout.Infinite);
            },
        };
        await new FailureDrillRun(request, sink, TimeProvider.System).RunAsync(TestContext.Current.CancellationToken);
        Assert.Fail($"It was not killed: {string.Join("; ", sink.Records)}");
    }
}
