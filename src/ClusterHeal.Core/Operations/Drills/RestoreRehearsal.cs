using System.Globalization;
using ClusterHeal.Common;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations.Restores;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Operations.Drills;

/// <summary>
/// The disaster of the restore drill, and how it is healed: a snapshot; something that is lost and something that is created after it, both in the
/// drill's own namespace; and the restore of the whole cluster.
/// </summary>
/// <param name="context">The drill.</param>
/// <param name="healAfter">How long the hosts wait for the operator in the restore.</param>
internal sealed class RestoreRehearsal(DrillContext context, TimeSpan healAfter)
{
    /// <summary>The deployment that is in the snapshot, and is lost.</summary>
    public const string Lost = "lost";

    /// <summary>The config map that is not in the snapshot.</summary>
    public const string Late = "late";

    /// <summary>The answer of the probe <see cref="Restore"/> when the restore has succeeded.</summary>
    public const string Restored = nameof(ClusterRestoreOutcome.Restored);

    /// <summary>The answer of the probe <see cref="Etcd"/> when every member is of the new cluster, above all former revisions.</summary>
    public const string FurtherOn = "another cluster, further on";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private IReadOnlyList<SurveyedHost> _hosts = [];
    private string? _lostUid;
    private ulong _clusterId;
    private long _highest;
    private volatile string _step = "not begun";
    private ClusterRestoreReport? _report;

    private DrillCluster Cluster => context.Cluster;

    private string OperationId => context.Journal.OperationId;

    private string Folder => Path.GetFullPath(context.Request.JournalFolder);

    private string SnapshotPath => Path.Combine(Folder, $"drill-{OperationId}.db");

    /// <summary>The current step of the restore; at the end its outcome.</summary>
    public Probe Restore() => new("restore", _ => Task.FromResult(_step));

    /// <summary>
    /// Which etcd the members are: <c>the cluster before</c>, <see cref="FurtherOn"/>, <c>another cluster, behind</c> a revision that was
    /// seen before, <c>not the same everywhere</c>, or <c>no answer</c>.
    /// </summary>
    public Probe Etcd() => new("etcd cluster", async stop =>
    {
        var members = await Task.WhenAll(Cluster.Hosts.Select(host => host.EtcdStatusAsync(stop))).ConfigureAwait(false);
        if (members.Any(m => m is null)) return "no answer";
        if (members.Select(m => m!.Header.ClusterId).Distinct().Count() != 1) return "not the same everywhere";
        if (members[0]!.Header.ClusterId != _clusterId) return members.Min(m => m!.Header.Revision) > _highest ? FurtherOn : "another cluster, behind";
        _highest = Math.Max(_highest, members.Max(m => m!.Header.Revision));
        return "the cluster before";
    });

    /// <summary>The lost deployment: <c>there</c> only if it is exactly the former one.</summary>
    public Probe LostObject() => context.Probes.Object(Resources.Any("apps/v1", "deployments"), Lost, o => o.Metadata.Uid == _lostUid);

    /// <summary>The config map that is created after the snapshot.</summary>
    public Probe LateObject() => context.Probes.Object(Resources.Any("v1", "configmaps"), Late, _ => true);

    /// <summary>Finds out whether the hosts can be restored, and returns what will be done.</summary>
    /// <exception cref="ClusterHealException">They cannot.</exception>
    public async Task<IReadOnlyList<string>> LookAsync(CancellationToken cancellationToken)
    {
        _hosts = await RestoreSurvey.LookAsync([.. Cluster.Hosts.Select(h => (h.Shell, h.Connection))], context.Time, cancellationToken).ConfigureAwait(false);
        var size = _hosts.Max(h => h.Status?.DbSize ?? 0);
        RestoreRules.Check(_hosts, size, lostMembers: [], saved: []);
        if (_hosts.SelectMany(h => h.Facts.Restores).FirstOrDefault(r => !r.IsFinished) is { } former)
        {
            throw context.Refused(
                $"The restore {former.OperationId} was interrupted and not finished.",
                "Undo-FailureDrill ends that of a drill, Undo-EtcdRestore any other.");
        }

        return
        [
            $"Save a snapshot of the cluster to '{SnapshotPath}', and prove it.",
            $"Delete the deployment '{Lost}' of namespace '{context.Canary.Namespace}', which the snapshot has, and make the config map '{Late}', "
                + "which is not in the snapshot. What anybody else changes between the snapshot and the restore is lost.",
            $"Save the data from just before the restore to '{Path.Combine(Folder, $"before-{OperationId}.db")}'.",
            .. ClusterRestorePlan.DescribeHosts(RestorePlanner.Hosts(_hosts, size), OperationId, healAfter),
            "Start etcd everywhere with the revision moved on, prove it, then start the rest. If it does not come up, put everything back.",
            $"Keep the snapshots and the data from before; Undo-EtcdRestore -OperationId {OperationId} puts those data back.",
        ];
    }

    /// <summary>Creates what will be lost, saves and proves the snapshot, and only then deletes it, and creates what comes later.</summary>
    /// <exception cref="ClusterHealException">The snapshot would be of another cluster, or not have what it must have. Nothing is stopped.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await context.Canary.CreateDeploymentAsync(Lost, 1, cancellationToken).ConfigureAwait(false);
        await AwaitPodsAsync(pods => pods.Any(p => p.IsReady), $"The pod of the deployment '{Lost}' is not ready", cancellationToken).ConfigureAwait(false);
        var deployment = await Cluster.Api.AskAsync(api =>
            api.GetAsync(Resources.Any("apps/v1", "deployments"), context.Canary.Namespace, Lost, cancellationToken)).ConfigureAwait(false);
        _lostUid = deployment.Metadata.Uid;
        _highest = await SeeInEtcdAsync(cancellationToken).ConfigureAwait(false);
        var (snapshot, from) = await LastSnapshot.SaveAsync(_hosts, SnapshotPath, context.Sink, context.Time, cancellationToken).ConfigureAwait(false);
        context.Sink.Verbose($"The snapshot is '{snapshot.Path}', revision {snapshot.Revision}, from {from}. It stays there.");
        if (snapshot.Revision < _highest) throw Behind(snapshot, from);
        await LoseAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Restores. Returns only if the restore has succeeded.</summary>
    /// <exception cref="ClusterHealException">It did not. Everything was put back, or is left to the hosts.</exception>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        var request = new ClusterRestoreRequest
        {
            SnapshotPath = SnapshotPath,
            Cluster = Cluster.Name,
            LastSnapshotFolder = Folder,
            HealAfter = healAfter,
            Journal = context.Journal,
            OpenShell = context.Request.OpenShell,
        };
        var sink = new PartSink(context.Sink)
        {
            OnProgress = progress =>
            {
                if (!progress.Completed) _step = progress.Status;
            },
        };
        var restore = new ClusterRestore([.. Cluster.Hosts.Select(h => h.Connection)], request, context.Request.JournalFolder, context.Time);
        await using var end = restore.ConfigureAwait(false);
        await restore.RunAsync(sink, cancellationToken).ConfigureAwait(false);
        _report = sink.Records.OfType<ClusterRestoreReport>().Single();
        _step = $"{_report.Outcome}";
        sink.ThrowIfFailed();
    }

    /// <summary>Makes sure that the restore has ended on all hosts.</summary>
    public Task HealAsync(CancellationToken cancellationToken) => RestoreEnd.BringAboutAsync(
        [.. Cluster.Hosts.Select(h => h.Shell)], context.Journal, context.Sink, context.Time, cancellationToken);

    /// <summary>What stays: the snapshots here, and the data that were moved aside.</summary>
    public IEnumerable<string> Keep()
    {
        if (File.Exists(SnapshotPath)) yield return $"'{SnapshotPath}' on this machine: the snapshot.";
        if (_report is null) yield break;
        if (File.Exists(_report.LastSnapshotPath)) yield return $"'{_report.LastSnapshotPath}' on this machine: a snapshot from just before the restore.";
        if (_report.Outcome != ClusterRestoreOutcome.Restored) yield break;
        foreach (var host in _hosts)
        {
            yield return $"'{host.Configuration.DataDirectory}/member.clusterheal-{OperationId}.old' on {host.Shell.HostName}: its data from before the restore.";
        }

        yield return $"Undo-EtcdRestore -OperationId {OperationId} puts those data back, the drill's namespace with them.";
    }

    // The kubeconfig and the hosts are given separately. Only if each host's etcd has what was just created through the API are they of one cluster.
    // Only then may a drill of one use the other.
    private async Task<long> SeeInEtcdAsync(CancellationToken cancellationToken)
    {
        var prefix = Cluster.HostsOf(ClusterComponent.ApiServer)[0].Find(ClusterComponent.ApiServer)!.Flag("--etcd-prefix") ?? "/registry";
        var request = new RangeRequest { Key = ByteString.CopyFromUtf8($"{prefix.TrimEnd('/')}/deployments/{context.Canary.Namespace}/{Lost}"), CountOnly = true };
        long revision = 0;
        foreach (var host in Cluster.Hosts)
        {
            var etcd = await host.EtcdAsync(cancellationToken).ConfigureAwait(false);
            var answer = await etcd.RangeAsync(request, cancellationToken).ConfigureAwait(false);
            if (answer.Count == 0) throw NotOneCluster(host);
            _clusterId = answer.Header.ClusterId;
            revision = Math.Max(revision, answer.Header.Revision);
        }

        return revision;
    }

    private async Task LoseAsync(CancellationToken cancellationToken)
    {
        await context.Canary.DeleteDeploymentAsync(Lost, cancellationToken).ConfigureAwait(false);
        await context.Canary.CreateConfigMapAsync(Late, cancellationToken).ConfigureAwait(false);
        await AwaitPodsAsync(pods => pods.Count == 0, $"The pod of the deployment '{Lost}', which was deleted, is still there", cancellationToken).ConfigureAwait(false);
    }

    private async Task AwaitPodsAsync(Func<IReadOnlyList<Pod>, bool> isSo, string ill, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(context.Time, Patience, DrillWatch.Look);
        if (isSo(await waiting.UntilAsync(stop => context.Canary.PodsAsync(Lost, stop), isSo, cancellationToken).ConfigureAwait(false))) return;
        throw new ClusterHealException(
            ErrorIds.DrillRefused,
            FaultCategory.Timeout,
            $"{ill} after {Patience.TotalSeconds:0} s. Nothing was broken.",
            Cluster.Name,
            "Look at the nodes and their kubelets.");
    }

    private ClusterHealException NotOneCluster(DrillHost host) => new(
        ErrorIds.DrillRefused,
        FaultCategory.InvalidArgument,
        $"The API server of cluster '{Cluster.Name}' does not keep its objects in the etcd on {host.Name}: what was made through it is not there. "
            + "Nothing was broken.",
        host.Name,
        "Give a kubeconfig and hosts of one cluster; the API servers have to use the etcd of those hosts.");

    private ClusterHealException Behind(EtcdSnapshot snapshot, string from) => new(
        ErrorIds.DrillRefused,
        FaultCategory.InvalidData,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The member of etcd on {from} is behind: its snapshot '{snapshot.Path}' ends with revision {snapshot.Revision}, and {_highest} had been seen. ")
            + "Nothing was broken.",
        from,
        "Look at Get-EtcdMember, and try again.");
}
