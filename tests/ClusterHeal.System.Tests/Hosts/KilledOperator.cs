using System.Diagnostics;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>An operator's process of its own, so that it can be killed: this test program, told to run the one explicit test here.</summary>
public sealed class KilledOperator
{
    private const string Variable = "CLUSTERHEAL_TEST_STOP";

    [Fact(Explicit = true)]
    public async Task Stops_etcd_where_the_environment_says_and_stays()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('|') is not [var host, var key, var known, var folder, var component, var seconds])
        {
            Assert.Skip("Run by other tests only.");
            return;
        }

        var connection = new HostConnection
        {
            HostName = host,
            UserName = "root",
            KeyFilePath = key,
            // It leaves a folder with a socket behind, which has to go.
            SshTransport = SshTransport.OpenSsh,
            SshOption = new Dictionary<string, string> { ["UserKnownHostsFile"] = known, ["GlobalKnownHostsFile"] = "/dev/null" },
        };
        var change = new ComponentChange
        {
            OpenShell = HostLab.Shells.Open,
            Action = ComponentAction.Stop,
            Targets = [new HostComponents(connection, [Enum.Parse<ClusterComponent>(component)])],
            For = TimeSpan.FromSeconds(int.Parse(seconds)),
            JournalFolder = folder,
            PassThru = true,
        };

        // It says what it has done with its connection open and its lock held, and is killed before it gets any further.
        var sink = new RecordingSink { OnRecord = _ => Thread.Sleep(TimeSpan.FromMinutes(2)) };
        await ComponentChanger.RunAsync(change, sink, TimeProvider.System, TestContext.Current.CancellationToken);
    }

    /// <summary>Has such a process stop a component, and kills it by SIGKILL when the component is down.</summary>
    internal static async Task StopAndDieAsync(
        PracticeHosts hosts, PracticeHost host, ClusterComponent component, int seconds, Func<Task<bool>> isDownAsync)
    {
        // The test before may have left it on its way up, which is not yet what is to be stopped.
        await HostLab.EventuallyAsync(async () => !await isDownAsync(), $"{component} runs");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            typeof(KilledOperator).Assembly.Location, "-explicit", "only", "-method",
            $"{typeof(KilledOperator).FullName}.{nameof(Stops_etcd_where_the_environment_says_and_stays)}",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var temporary = Directory.CreateDirectory(Path.Combine(hosts.Folder, $"tmp-{host.Name}")).FullName;
        start.Environment["TMPDIR"] = temporary;
        start.Environment[Variable] = string.Join('|', host.Address, hosts.KeyFile, hosts.KnownHostsFile, Path.Combine(hosts.Folder, "killed"), component, seconds);
        using var process = Process.Start(start)!;
        try
        {
            await HostLab.EventuallyAsync(isDownAsync, $"{component} is down");
            Assert.NotEmpty(Directory.GetDirectories(temporary, "ch-*"));
        }
        finally
        {
            process.Kill();
        }

        await HostLab.EventuallyAsync(
            () => Task.FromResult(Directory.GetDirectories(temporary, "ch-*").Length == 0), "the dead one's folder is gone");

        // What the dead one could not release is a lease; the tests do not wait for its end.
        await host.SaysAsync("rm -f /var/lib/clusterheal/lock");
    }
}
