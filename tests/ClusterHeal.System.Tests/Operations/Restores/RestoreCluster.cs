using ClusterHeal.Operations.Restores;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;
using ClusterHeal.Practice.Pki;
using ClusterHeal.Practice.Processes;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Restores;

/// <summary>Three practice hosts with a real etcd and stand-ins for the control plane, as units or as static pods, and a snapshot of it.</summary>
internal sealed class RestoreCluster : IAsyncDisposable
{
    private static readonly string[] Components = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];

    private const string Logs = """
        cat /var/lib/clusterheal/restore/*/log
        find /etc/kubernetes/manifests /var/lib/clusterheal/restore -name '*.yaml'
        journalctl -n 5 -u etcd
        journalctl -n 40 -u kubelet
        ps -e -o pid,lstart,args
        """;

    private readonly PracticeEtcd _etcd;

    private RestoreCluster(PracticeEtcd etcd, PracticeHosts hosts)
    {
        _etcd = etcd;
        Hosts = hosts;
        SnapshotPath = Path.Combine(hosts.Folder, "snapshot.db");
    }

    public PracticeHosts Hosts { get; }

    public string SnapshotPath { get; }

    public string JournalFolder => Path.Combine(Hosts.Folder, "journal");

    public IReadOnlyList<HostConnection> Connections => [.. Hosts.Hosts.Select(host => RestoreOperator.Connection(Hosts.Folder, host.Name, host.Address))];

    /// <summary>Boots it, writes <c>kept</c>, saves a snapshot with etcdctl, deletes <c>kept</c> and writes <c>later</c>.</summary>
    public static async Task<RestoreCluster> StartAsync(EtcdForm form, CancellationToken cancellationToken, string diskSize = "1G")
    {
        var etcd = new PracticeEtcd(await EtcdPrograms.GetAsync(EtcdRelease.V35, cancellationToken), form);
        var hosts = await PracticeHosts.StartAsync(
            ["m0", "m1", "m2"],
            cancellationToken,
            cluster =>
            {
                etcd.Install(cluster);
                foreach (var host in cluster.Hosts)
                {
                    foreach (var component in Components) InstallComponent(host, component, form);
                }
            },
            diskSize,
            Merge(etcd.SharedFiles, StaticPodHost.SharedFiles));
        var cluster = new RestoreCluster(etcd, hosts);
        await etcd.WaitUntilHealthyAsync(cancellationToken);
        await cluster.PutAsync("kept", "yes", cancellationToken);
        (await etcd.EtcdCtlAsync(hosts["m0"], cancellationToken, "snapshot", "save", "/root/snapshot.db")).Expect();
        File.Copy(hosts["m0"].Disk.PathOf("/root/snapshot.db"), cluster.SnapshotPath);
        (await etcd.EtcdCtlAsync(hosts["m0"], cancellationToken, "del", "kept")).Expect();
        await cluster.PutAsync("later", "yes", cancellationToken);
        return cluster;
    }

    /// <summary>A restore of all hosts, or of some only.</summary>
    public ClusterRestore Restore(Func<ClusterRestoreRequest, ClusterRestoreRequest>? change = null, params string[] only)
    {
        var request = RestoreOperator.Request(Hosts.Folder);
        var connections = Connections.Where(host => only.Length == 0 || only.Contains(host.HostName)).ToArray();
        return new ClusterRestore(connections, change?.Invoke(request) ?? request, JournalFolder, TimeProvider.System);
    }

    /// <summary>A sink of an operation that is interfered with when it begins a step.</summary>
    public static RecordingSink AtStep(string step, Func<Task> interfere)
    {
        var begun = false;
        return new RecordingSink
        {
            OnProgress = progress =>
            {
                if (progress.Status != step || begun) return;
                begun = true;
                // The operation waits meanwhile, so that what happens to it happens at this very moment.
                interfere().GetAwaiter().GetResult();
            },
        };
    }

    /// <summary>
    /// Runs a restore in a process of its own that is killed when it begins the step with this number or name. True where it came so far.
    /// </summary>
    public async Task<bool> RestoreAndDieAsync(string step, CancellationToken cancellationToken, params (string Name, string Value)[] environment)
    {
        var hosts = string.Join(',', Hosts.Hosts.Select(h => $"{h.Name}={h.Address}"));
        var run = await RestoreOperator.StartAsync(Hosts.Folder, hosts, step, cancellationToken, environment);
        if (run.ExitCode == 0) return false;
        Assert.True(run.ExitCode == 137, run.Output);
        return true;
    }

    /// <summary>The switches that the hosts have been given go off, not in a few minutes but now.</summary>
    public Task FireSwitchesAsync(CancellationToken cancellationToken)
    {
        const string Fire = """
            for timer in $(systemctl list-units --plain --no-legend 'clusterheal-heal-etcd-restore_*.timer' | cut -d ' ' -f 1); do
              systemctl start --no-block "${timer%.timer}.service" && systemctl stop "$timer"
            done
            """;
        return Task.WhenAll(Hosts.Hosts.Where(h => h.IsOn).Select(host => host.RunAsync(cancellationToken, "sh", "-c", Fire)));
    }

    /// <summary>Writes on a host's disk until it is full.</summary>
    public static Task FillDiskAsync(PracticeHost host, CancellationToken cancellationToken) => host.RunAsync(
        cancellationToken,
        "sh", "-c", "fallocate -l $(df -Pk /var/lib | awk 'NR == 2 { print $4 }')K /var/lib/fill; dd if=/dev/zero of=/var/lib/rest bs=4k 2>/dev/null");

    /// <summary>Gives back what <see cref="FillDiskAsync"/> took.</summary>
    public static async Task FreeDiskAsync(PracticeHost host, CancellationToken cancellationToken) =>
        (await host.RunAsync(cancellationToken, "rm", "/var/lib/fill", "/var/lib/rest")).Expect();

    /// <summary>An undoing from another machine, which has nothing of the restore's.</summary>
    public ClusterRestoreUndo Undo(params string[] only) => new(
        [.. Connections.Where(host => only.Length == 0 || only.Contains(host.HostName))],
        new ClusterRestoreUndoRequest { Cluster = "practice", OpenShell = HostLab.Shells.Open, Force = true },
        Path.Combine(Hosts.Folder, "another"),
        TimeProvider.System);

    /// <summary>Expects that an undoing is refused before anything is stopped, and gives its error.</summary>
    public async Task<string> ExpectUndoRefusedAsync(CancellationToken cancellationToken, params string[] only)
    {
        var sink = new RecordingSink();
        await using var undo = Undo(only);
        var refused = await Assert.ThrowsAnyAsync<ClusterHealException>(() => undo.RunAsync(sink, cancellationToken));
        Assert.Equal(ErrorIds.RestoreRefused, refused.ErrorId);
        Assert.Empty(sink.Questions);
        Assert.DoesNotContain(sink.Reports, progress => progress.Status is "Lock the hosts" or "Stop the control plane");
        return refused.Message;
    }

    /// <summary>A certificate of the cluster's authority.</summary>
    public IssuedCertificate Issue(string name, string[] hosts, DateTimeOffset notAfter) =>
        _etcd.Authority.Issue(name, hosts, notBefore: notAfter.AddDays(-30), notAfter: notAfter);

    /// <summary>Runs etcdctl on the first host.</summary>
    public Task<ToolResult> EtcdCtlAsync(CancellationToken cancellationToken, params string[] arguments) =>
        _etcd.EtcdCtlAsync(Hosts["m0"], cancellationToken, arguments);

    public async Task PutAsync(string key, string value, CancellationToken cancellationToken) =>
        (await _etcd.EtcdCtlAsync(Hosts["m0"], cancellationToken, "put", key, value, "--command-timeout=20s")).Expect();

    /// <summary>The state that each member serves by itself: <c>old</c> has <c>later</c>, <c>new</c> has <c>kept</c>; anything else is a mixture.</summary>
    public async Task<string[]> StatesAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(Hosts.Hosts.Where(h => h.IsOn).Select(async host =>
        {
            var keys = await _etcd.EtcdCtlAsync(host, cancellationToken, "get", "", "--prefix", "--keys-only", "--consistency=l", "--command-timeout=5s");
            if (keys.ExitCode != 0) return "down";
            var words = keys.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return (words.Contains("kept"), words.Contains("later")) switch { (true, false) => "new", (false, true) => "old", _ => "mixed" };
        }));

    /// <summary>Waits until all members serve one state, and says which.</summary>
    public async Task<string> SettledStateAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var end = DateTime.UtcNow + patience;
        while (true)
        {
            var states = await StatesAsync(cancellationToken);
            if (states.Distinct().Count() == 1 && states[0] is ("old" or "new")) return states[0];
            if (DateTime.UtcNow > end) Assert.Fail($"After {patience} the members serve {string.Join(", ", states)}.\n" + await LogsAsync(cancellationToken));
            await Task.Delay(500, cancellationToken);
        }
    }

    /// <summary>Waits until all stand-ins of the control plane run on all hosts.</summary>
    public async Task AwaitControlPlaneAsync(CancellationToken cancellationToken)
    {
        var end = DateTime.UtcNow + TimeSpan.FromMinutes(2);
        foreach (var (host, component) in from host in Hosts.Hosts from component in Components select (host, component))
        {
            while ((await host.RunAsync(cancellationToken, "pgrep", "-f", $"^{component} ")).ExitCode != 0)
            {
                if (DateTime.UtcNow > end) Assert.Fail($"{component} does not run on {host.Name}.\n" + await LogsAsync(cancellationToken));
                await Task.Delay(200, cancellationToken);
            }
        }
    }

    /// <summary>Restores and expects that it succeeds.</summary>
    public async Task<ClusterRestoreReport> ExpectRestoredAsync(
        CancellationToken cancellationToken, Func<ClusterRestoreRequest, ClusterRestoreRequest>? change = null)
    {
        var sink = new RecordingSink();
        await using (var restore = Restore(change)) await restore.RunAsync(sink, cancellationToken);
        return await ExpectSuccessAsync(sink, cancellationToken);
    }

    /// <summary>Undoes the last restore and expects that it succeeds, and that nobody else is let in meanwhile.</summary>
    public async Task<ClusterRestoreReport> ExpectUndoneAsync(CancellationToken cancellationToken)
    {
        var sink = AtStep("Stop etcd", async () =>
        {
            foreach (var host in Hosts.Hosts) (await host.RunAsync(cancellationToken, "test", "-f", "/var/lib/clusterheal/lock")).Expect();
        });
        await using (var undo = Undo()) await undo.RunAsync(sink, cancellationToken);
        return await ExpectSuccessAsync(sink, cancellationToken);
    }

    /// <summary>Every data folder of a member that a host has, in place or aside.</summary>
    public static async Task<string[]> DataFoldersAsync(PracticeHost host, CancellationToken cancellationToken) =>
        (await host.RunAsync(cancellationToken, "sh", "-c", "ls -d /var/lib/etcd/member*")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public async Task<string> LogsAsync(CancellationToken cancellationToken) => string.Join('\n', await Task.WhenAll(Hosts.Hosts.Select(async host =>
        $"{host.Name}:\n" + (await host.RunAsync(cancellationToken, "sh", "-c", Logs)).Output)));

    public async ValueTask DisposeAsync()
    {
        await Hosts.DisposeAsync();
        _etcd.Dispose();
    }

    /// <summary>Since when the kubelets run.</summary>
    public Task<string[]> KubeletStartsAsync(CancellationToken cancellationToken) => Task.WhenAll(Hosts.Hosts.Select(async host =>
        (await host.RunAsync(cancellationToken, "systemctl", "show", "-p", "ExecMainStartTimestampMonotonic", "kubelet")).Output));

    private async Task<ClusterRestoreReport> ExpectSuccessAsync(RecordingSink sink, CancellationToken cancellationToken)
    {
        var report = Assert.IsType<ClusterRestoreReport>(Assert.Single(sink.Records));
        Assert.True(report.Succeeded, string.Join('\n', report.Steps.Select(step => step.ToString()).Append(await LogsAsync(cancellationToken))));
        return report;
    }

    private static void InstallComponent(PracticeHost host, string component, EtcdForm form)
    {
        StaticPodHost.InstallComponent(host, component);
        if (form == EtcdForm.StaticPod) return;
        File.Delete(host.Disk.PathOf($"{StaticPodHost.Manifests}/{component}.yaml"));
        host.Disk.EnableUnit($"{component}.service", $"""
            [Unit]
            Description=A stand-in for {component}

            [Service]
            ExecStart=/usr/local/bin/{component} --secure-port={component switch { "kube-apiserver" => 6443, "kube-scheduler" => 10259, _ => 10257 }}
            Restart=always

            [Install]
            WantedBy=multi-user.target

            """);
    }

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> a, IReadOnlyDictionary<string, string> b) =>
        a.Concat(b).GroupBy(f => f.Key).ToDictionary(g => g.Key, g => g.First().Value);
}
