using System.Globalization;
using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations.Upkeep;
using Etcdserverpb;
using k8s;
using k8s.Models;

namespace ClusterHeal.Operations.Drills;

/// <summary>
/// An etcd that is full, and how it is freed. One member gets a quota a little above the size of its database: its alarm stops the writes of the
/// whole cluster. The API server is asked to write until it is refused, as a runaway controller would do.
/// </summary>
/// <param name="context">The drill.</param>
/// <param name="outage">The member with the lower quota, and the others.</param>
internal sealed class FullDatabase(DrillContext context, MemberOutage outage)
{
    /// <summary>The config map that fills it.</summary>
    public const string Filler = "filler";

    /// <summary>The answer of <see cref="Writes"/> if every API server writes.</summary>
    public const string Accepted = "accepted";

    /// <summary>The answer of <see cref="Writes"/> if etcd refuses every API server.</summary>
    public const string Refused = "refused: etcd is full";

    private const int ValueSize = 700_000;
    private const long Room = 16 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly QuotaHost _host = new(outage.Target.Shell, context.Journal);
    private QuotaSettings? _settings;
    private long _quota;
    private bool _isInstalled, _isFull;
    private CancellationToken _user;
    private int _number;
    private volatile string _step = "not begun";

    private DrillCluster Cluster => context.Cluster;

    /// <summary>Whether API servers can write, each by itself: <see cref="Accepted"/>, <see cref="Refused"/>, or <c>not the same everywhere</c>.</summary>
    public Probe Writes() => new("writes", async stop =>
    {
        var answers = await Cluster.Api.AskEachAsync(async api => await IsRefusedAsync(api, Number(), stop).ConfigureAwait(false) ? Refused : Accepted).ConfigureAwait(false);
        return answers.Distinct().ToArray() is [var one] ? one : "not the same everywhere";
    });

    /// <summary>The alarms of etcd: <c>NOSPACE</c>, or <c>none</c>.</summary>
    public Probe Alarms() => new("alarms", async stop =>
    {
        var client = await outage.Others[0].EtcdAsync(stop).ConfigureAwait(false);
        var raised = await client.AlarmAsync(new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Get }, stop).ConfigureAwait(false);
        return raised.Alarms.Count == 0 ? "none" : string.Join(", ", raised.Alarms.Select(alarm => alarm.Alarm.ToString().ToUpperInvariant()).Distinct());
    });

    /// <summary>The current step of clearing the alarm; at the end its outcome.</summary>
    public Probe Clearing() => new("clearing", _ => Task.FromResult(_step));

    /// <summary>Finds the size of the database and where the quota is set, and returns what will be done.</summary>
    /// <exception cref="ClusterHealException">The quota cannot be set with certainty.</exception>
    public async Task<IReadOnlyList<string>> LookAsync(CancellationToken cancellationToken)
    {
        const long MiB = 1 << 20;
        var statuses = await Task.WhenAll(outage.Others.Append(outage.Target).Select(host => host.EtcdStatusAsync(cancellationToken))).ConfigureAwait(false);
        _quota = (((statuses.Max(status => status?.DbSize ?? 0) + Room) / MiB) + 1) * MiB;
        var etcd = outage.Target.Find(ClusterComponent.Etcd)!;
        _settings = await QuotaSettings.FindAsync(outage.Target.Shell, etcd, _quota, cancellationToken).ConfigureAwait(false) ?? throw context.Refused(
            $"The settings of etcd on {outage.Target.Name} ({etcd.Source}) stand in a form in which its quota cannot be changed with certainty.",
            "Name another host with -TargetName.");
        return
        [
            $"Have {outage.Target.Name} put its former quota back and clear the alarm by itself, if nobody comes back.",
            $"Write the quota {Size.Text(_quota)} to '{_settings.Path}' on {outage.Target.Name}, and restart its etcd.",
            $"Update the config map '{Filler}' of namespace '{context.Canary.Namespace}' until etcd is full. From then on nobody can write to the cluster.",
            "Clear the alarm as Clear-EtcdAlarm -KeepHistory 0 does it: compact up to the present revision, defragment one member after the other, "
                + "compare with the quotas, clear, and prove that writes go through.",
            $"Put the former quota back on {outage.Target.Name}, and restart its etcd.",
        ];
    }

    public Task PrepareAsync(CancellationToken cancellationToken) => context.Canary.CreateConfigMapAsync(Filler, cancellationToken);

    /// <summary>Lowers the quota, and writes until etcd is full.</summary>
    /// <param name="healAfter">The time after which the host puts it back by itself.</param>
    /// <param name="cancellationToken">The user's.</param>
    public async Task FillAsync(TimeSpan healAfter, CancellationToken cancellationToken)
    {
        _user = cancellationToken;
        var (shell, connection) = (outage.Target.Shell, outage.Target.Connection);
        var etcd = outage.Target.Find(ClusterComponent.Etcd)!;
        var configuration = await EtcdHost.ReadConfigurationAsync(shell, connection, etcd, cancellationToken).ConfigureAwait(false);
        _isInstalled = true;
        await _host.InstallAsync(_settings!, configuration, etcd, cancellationToken).ConfigureAwait(false);
        await _host.ArmAsync(healAfter, cancellationToken).ConfigureAwait(false);
        await _host.LowerAsync(cancellationToken).ConfigureAwait(false);
        await AwaitMembersAsync(await NearAsync(cancellationToken).ConfigureAwait(false), Cluster.Name, context.Time, cancellationToken).ConfigureAwait(false);
        await AwaitServersAsync(cancellationToken).ConfigureAwait(false);
        var most = (_quota / ValueSize) + 100;
        for (var written = 0; written < most && !_isFull; written++)
        {
            var value = Number() + new string('x', ValueSize);
            _isFull = await Cluster.Api.AskAsync(api => IsRefusedAsync(api, value, cancellationToken)).ConfigureAwait(false);
        }

        if (!_isFull) throw NotFull(most);
        // Filling may have taken a while. From now on the watch has its whole time.
        await _host.ArmAsync(healAfter, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Clears the alarm while the lower quota is still there, and then puts the former quota back, wherever the injection stopped. If the alarm
    /// cannot be cleared so, the former quota is enough: with it etcd is not full.
    /// </summary>
    public async Task HealAsync(CancellationToken cancellationToken)
    {
        if (!_isInstalled) return;
        var etcd = await NearAsync(cancellationToken).ConfigureAwait(false);
        if (_isFull && !_user.IsCancellationRequested)
        {
            try
            {
                var part = new PartSink(context.Sink)
                {
                    OnProgress = progress =>
                    {
                        if (!progress.Completed) _step = progress.Status;
                    },
                };
                await ClearAsync(etcd, Cluster.Name, context.Request.JournalFolder, part, context.Time, cancellationToken).ConfigureAwait(false);
                _step = $"{part.Records.OfType<EtcdAlarmReport>().Single().Outcome}";
                part.ThrowIfFailed();
            }
            catch (ClusterHealException failure)
            {
                _step = $"not cleared: {failure.Message}";
            }
        }

        await PutBackAsync(_host, etcd, Cluster.Name, context.Request.JournalFolder, context.Sink, context.Time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends an unfinished drill.</summary>
    /// <param name="record">The drill.</param>
    /// <param name="request">The user's wish, and how the hosts are reached.</param>
    /// <param name="shells">The hosts.</param>
    /// <param name="journal">The drill's journal, which has the locks.</param>
    /// <param name="sink">Takes progress.</param>
    /// <param name="cancellationToken">Ends it; it can be repeated.</param>
    /// <returns>What was done, step by step.</returns>
    public static async Task<IReadOnlyList<string>> EndAsync(
        DrillRecord record,
        FailureDrillUndoRequest request,
        IReadOnlyList<IHostShell> shells,
        OperationJournal journal,
        IOperationSink sink,
        CancellationToken cancellationToken)
    {
        for (var i = 0; i < shells.Count; i++)
        {
            if (!await QuotaHost.IsInstalledAsync(shells[i], record.OperationId, cancellationToken).ConfigureAwait(false)) continue;
            var configuration = await EtcdHost.ReadConfigurationAsync(shells[i], request.Hosts[i], cancellationToken).ConfigureAwait(false);
            var etcd = await EtcdHost.ConnectAsync(shells[i], configuration, cancellationToken).ConfigureAwait(false);
            using var tls = etcd.Tls;
            await PutBackAsync(
                new QuotaHost(shells[i], journal), etcd, record.ClusterName, request.JournalFolder, sink, journal.Time, cancellationToken).ConfigureAwait(false);
            return [$"etcd on {shells[i].HostName} has its former quota, and no alarm is raised"];
        }

        return [];
    }

    private static async Task PutBackAsync(
        QuotaHost host, EtcdConnection etcd, string cluster, string journalFolder, IOperationSink sink, TimeProvider time, CancellationToken cancellationToken)
    {
        await host.PutBackAsync(cancellationToken).ConfigureAwait(false);
        await AwaitMembersAsync(etcd, cluster, time, cancellationToken).ConfigureAwait(false);
        var part = new PartSink(sink);
        await ClearAsync(etcd, cluster, journalFolder, part, time, cancellationToken).ConfigureAwait(false);
        part.ThrowIfFailed();
        await host.CloseAsync(cancellationToken).ConfigureAwait(false);
    }

    private static Task ClearAsync(
        EtcdConnection etcd, string cluster, string journalFolder, PartSink sink, TimeProvider time, CancellationToken cancellationToken)
    {
        // It is filled with former revisions of the last minutes.
        var request = new AlarmClearanceRequest { Cluster = cluster, KeepHistory = TimeSpan.Zero };
        return new AlarmClearance(etcd, request, journalFolder, time).RunAsync(sink, cancellationToken);
    }

    private static async Task AwaitMembersAsync(EtcdConnection etcd, string cluster, TimeProvider time, CancellationToken cancellationToken)
    {
        var seen = await new UpkeepMembers(etcd, cluster, time).WaitAsync(Patience, ground => ground.Fault is null, cancellationToken).ConfigureAwait(false);
        if (seen.Fault is { } fault)
        {
            throw new ClusterHealException(
                ErrorIds.DrillNotHealed, FaultCategory.Timeout, $"{fault} That is so {Patience.TotalSeconds:0} s after its restart.", cluster, "Look at its log.");
        }
    }

    private async Task AwaitServersAsync(CancellationToken cancellationToken)
    {
        foreach (var host in Cluster.HostsOf(ClusterComponent.ApiServer))
        {
            var probe = new ApiServerProbe(host.Shell, host.Find(ClusterComponent.ApiServer)!);
            var waiting = new Waiting(context.Time, Patience, DrillWatch.Look);
            if (await waiting.UntilAsync(probe.IsReadyAsync, isReady => isReady, cancellationToken).ConfigureAwait(false)) continue;
            throw new ClusterHealException(
                ErrorIds.DrillEndedEarly,
                FaultCategory.Timeout,
                $"The API server on {host.Name} is not ready {Patience.TotalSeconds:0} s after the restart of etcd on {outage.Target.Name}.",
                host.Name,
                "Look at its log.");
        }
    }

    private Task<EtcdConnection> NearAsync(CancellationToken cancellationToken) => outage.Others[0].ConnectionAsync(cancellationToken);

    // No two values are the same: an update that changes nothing is not written.
    private string Number() => Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes, and returns whether etcd refused it because it is full.</summary>
    private async Task<bool> IsRefusedAsync(KubernetesClient api, string value, CancellationToken cancellationToken)
    {
        var patch = new V1Patch(new Dictionary<string, object> { ["data"] = new Dictionary<string, string> { ["value"] = value } }, V1Patch.PatchType.MergePatch);
        var name = $"configmaps/{context.Canary.Namespace}/{Filler}";
        try
        {
            await api.CallAsync(
                new ApiRequest($"change {name}", name),
                (k8s, stop) => k8s.CoreV1.PatchNamespacedConfigMapAsync(patch, Filler, context.Canary.Namespace, cancellationToken: stop),
                cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (KubernetesException e) when (e.Message.Contains("database space exceeded", StringComparison.Ordinal))
        {
            return true;
        }
    }

    private ClusterHealException NotFull(long most) => new(
        ErrorIds.DrillEndedEarly,
        FaultCategory.InvalidData,
        string.Create(
            CultureInfo.InvariantCulture,
            $"After {most} updates of {ValueSize} bytes etcd is not full, although the quota of the member on {outage.Target.Name} is {Size.Text(_quota)}."),
        outage.Target.Name,
        "Look at Get-EtcdMember while such a drill runs.");
}
