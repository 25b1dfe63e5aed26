using System.Text.Json;
using ClusterHeal.Operations.Repairs;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;
using ClusterHeal.Practice.Processes;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Repairs;

/// <summary>Three practice hosts with a real etcd, and, where one is named, a spare one on which etcd is set up and has never run.</summary>
internal sealed class RepairLab : IAsyncDisposable
{
    public const string Spare = "m3";

    private static readonly string? Etcd36 = Environment.GetEnvironmentVariable("ETCD36_BINARIES") is { Length: > 0 } folder ? folder : null;

    private readonly PracticeEtcd _etcd;
    private readonly EtcdForm _form;
    private readonly (string CaFile, string CertFile, string KeyFile) _client;

    private RepairLab(PracticeEtcd etcd, EtcdForm form, PracticeHosts hosts)
    {
        _etcd = etcd;
        _form = form;
        Hosts = hosts;
        _client = etcd.IssueClient("writer", hosts.Folder);
    }

    /// <summary>The releases of etcd that are at hand.</summary>
    public static IReadOnlyList<string> Releases => Etcd36 is null ? ["3.4", "3.5"] : ["3.4", "3.5", "3.6"];

    public PracticeHosts Hosts { get; }

    public IReadOnlyList<PracticeHost> Members => [.. Hosts.Hosts.Where(host => host.Name != Spare)];

    private string HostList => string.Join(',', Hosts.Hosts.Select(host => $"{host.Name}={host.Address}"));

    public static async Task<RepairLab> StartAsync(
        EtcdForm form, string release, CancellationToken cancellationToken, bool withSpare = false, string diskSize = "1G")
    {
        var etcd = new PracticeEtcd(await ProgramsAsync(release, cancellationToken), form);
        string[] names = withSpare ? ["m0", "m1", "m2", Spare] : ["m0", "m1", "m2"];
        var hosts = await PracticeHosts.StartAsync(
            names,
            cancellationToken,
            cluster =>
            {
                etcd.Install([.. cluster.Hosts.Where(host => host.Name != Spare)]);
                if (withSpare) etcd.InstallSpare(cluster[Spare]);
            },
            diskSize,
            etcd.SharedFiles);
        await etcd.WaitUntilHealthyAsync(cancellationToken);
        var lab = new RepairLab(etcd, form, hosts);
        (await lab.EtcdCtlAsync("m0", cancellationToken, "put", "told", "this-is-the-value")).Expect();
        return lab;
    }

    public MemberRepairRequest Request() => RepairOperator.Request(Hosts.Folder, HostList) with { Force = false };

    public async Task<RecordingSink> RunAsync(
        CancellationToken cancellationToken, Func<MemberRepairRequest, MemberRepairRequest>? change = null, RecordingSink? sink = null, TimeProvider? time = null)
    {
        sink ??= new RecordingSink();
        await using var repair = new MemberRepair(change?.Invoke(Request()) ?? Request(), Path.Combine(Hosts.Folder, "journal"), time ?? TimeProvider.System);
        await repair.RunAsync(sink, cancellationToken);
        return sink;
    }

    /// <summary>Repairs and expects that it succeeds.</summary>
    public async Task<MemberRepairReport> ExpectRepairedAsync(
        CancellationToken cancellationToken, Func<MemberRepairRequest, MemberRepairRequest>? change = null, RecordingSink? sink = null, TimeProvider? time = null)
    {
        sink = await RunAsync(cancellationToken, change, sink, time);
        var report = Assert.IsType<MemberRepairReport>(Assert.Single(sink.Records));
        if (report.Outcome == MemberRepairOutcome.Repaired) return report;
        Assert.Fail(string.Join('\n', report.Steps.Select(step => step.ToString()).Append(await LogsAsync(cancellationToken))));
        return report;
    }

    /// <summary>Repairs and expects a refusal that touched nothing.</summary>
    public async Task<ClusterHealException> ExpectRefusedAsync(CancellationToken cancellationToken, Func<MemberRepairRequest, MemberRepairRequest>? change = null)
    {
        var refusal = await Assert.ThrowsAnyAsync<ClusterHealException>(() => RunAsync(cancellationToken, change));
        Assert.Equal(ErrorIds.RepairRefused, refusal.ErrorId);
        Assert.EndsWith("Nothing was touched.", refusal.Message, StringComparison.Ordinal);
        foreach (var host in Hosts.Hosts.Where(host => host.IsOn)) Assert.Equal("", await host.SaysAsync("ls /var/lib/clusterheal/repair /var/lib/etcd | grep clusterheal"));
        return refusal;
    }

    /// <summary>Runs a repair in a process of its own that is killed when it begins the step with this number or name. True if it came so far.</summary>
    public async Task<bool> RepairAndDieAsync(string step, CancellationToken cancellationToken)
    {
        var run = await RepairOperator.StartAsync(Hosts.Folder, HostList, step, cancellationToken);
        if (run.ExitCode == 0) return false;
        Assert.True(run.ExitCode == 137, run.Output);
        return true;
    }

    /// <summary>Takes back the last repair that nobody ended, from another machine.</summary>
    public async Task<MemberRepairReport> UndoAsync(CancellationToken cancellationToken)
    {
        var sink = new RecordingSink();
        var request = new MemberRepairUndoRequest { Hosts = Request().Hosts, OpenShell = HostLab.Shells.Open };
        await using var undo = new MemberRepairUndo(request, Path.Combine(Hosts.Folder, "another"), TimeProvider.System);
        await undo.RunAsync(sink, cancellationToken);
        Assert.Empty(sink.Faults);
        return Assert.IsType<MemberRepairReport>(Assert.Single(sink.Records));
    }

    /// <summary>The member of a host loses its disk.</summary>
    public async Task LoseDataAsync(string host, CancellationToken cancellationToken) => (await Hosts[host].RunAsync(
        cancellationToken, "sh", "-c", _form == EtcdForm.SystemdUnit ? "systemctl stop etcd; rm -rf /var/lib/etcd/member" : "rm -rf /var/lib/etcd/member; pkill -x etcd")).Expect();

    /// <summary>Something overwrites a page of the database of a member, so that it serves another value than the others.</summary>
    public async Task CorruptAsync(string host, CancellationToken cancellationToken)
    {
        const string Overwrite = "LC_ALL=C sed -i s/this-is-the-value/THIS-IS-THE-VALUE/g /var/lib/etcd/member/snap/db";
        await Hosts[host].RunAsync(cancellationToken, "sh", "-c", _form == EtcdForm.SystemdUnit
            ? $"systemctl stop etcd; {Overwrite}; systemctl start etcd"
            : $"mv /etc/kubernetes/manifests/etcd.yaml /root; while pgrep -x etcd; do sleep 0.2; done; {Overwrite}; mv /root/etcd.yaml /etc/kubernetes/manifests");
        await HostLab.EventuallyAsync(
            async () => (await EtcdCtlAsync(host, cancellationToken, "get", "told", "--consistency=s", "--print-value-only")).Output.Trim() == "THIS-IS-THE-VALUE",
            $"{host} serves the other value");
    }

    public CountingWriter Write(params string[] hosts) => new(EndpointsOf(hosts), _client);

    public string[] EndpointsOf(params string[] hosts) => [.. hosts.Select(host => $"https://{Hosts[host].Address}:2379")];

    public Task<ToolResult> EtcdCtlAsync(string host, CancellationToken cancellationToken, params string[] arguments) =>
        _etcd.EtcdCtlAsync(Hosts[host], cancellationToken, arguments);

    /// <summary>Moves the leadership to a host's member.</summary>
    public async Task MakeLeaderAsync(string host, CancellationToken cancellationToken)
    {
        var id = (await MemberListAsync(cancellationToken)).Single(member => member.Name == host).Id;
        var all = string.Join(',', EndpointsOf([.. Members.Select(member => member.Name)]));
        (await EtcdCtlAsync("m0", cancellationToken, $"--endpoints={all}", "move-leader", id)).Expect();
    }

    /// <summary>What etcdctl on <c>m0</c> lists: ID, status (<c>started</c>), name and whether it is a learner.</summary>
    public async Task<IReadOnlyList<(string Id, string Status, string Name, bool IsLearner)>> MemberListAsync(CancellationToken cancellationToken)
    {
        var lines = (await EtcdCtlAsync("m0", cancellationToken, "member", "list", "-w", "simple")).Expect().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(line => line.Split(", ")).Select(words => (words[0], words[1], words[2], words[5].Trim() == "true"))];
    }

    /// <summary>etcdctl's word that these members, and no others, are started voters with the same hash.</summary>
    public async Task AssertWholeAsync(CancellationToken cancellationToken, params string[] hosts)
    {
        var members = await MemberListAsync(cancellationToken);
        Assert.Equal(hosts, members.Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.All(members, member => Assert.Equal(("started", false), (member.Status, member.IsLearner)));
        await HostLab.EventuallyAsync(
            async () => (await Task.WhenAll(hosts.Select(host => HashAsync(host, cancellationToken)))).Distinct().Count() == 1, "all have one hash");
    }

    public async Task<string> LogsAsync(CancellationToken cancellationToken) => string.Join('\n', await Task.WhenAll(Hosts.Hosts.Where(h => h.IsOn).Select(async host =>
        $"{host.Name}:\n" + (await host.RunAsync(
            cancellationToken, "sh", "-c", "cat /var/lib/clusterheal/repair/*/log; systemctl cat etcd; journalctl -n 20 -u etcd; journalctl -n 20 -u kubelet")).Output)));

    public async ValueTask DisposeAsync()
    {
        await Hosts.DisposeAsync();
        _etcd.Dispose();
    }

    private static async Task<EtcdPrograms> ProgramsAsync(string release, CancellationToken cancellationToken) => release == "3.6"
        ? EtcdPrograms.In(Etcd36!)
        : await EtcdPrograms.GetAsync(release == "3.4" ? EtcdRelease.V34 : EtcdRelease.V35, cancellationToken);

    private async Task<string> HashAsync(string host, CancellationToken cancellationToken)
    {
        var json = (await EtcdCtlAsync(host, cancellationToken, "endpoint", "hashkv", "-w", "json")).Expect().Output;
        using var document = JsonDocument.Parse(json);
        return document.RootElement[0].GetProperty("HashKV").GetProperty("hash").GetRawText();
    }
}
