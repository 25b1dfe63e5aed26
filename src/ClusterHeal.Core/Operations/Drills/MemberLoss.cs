using ClusterHeal.Hosts;
using ClusterHeal.Operations.Repairs;
using Etcdserverpb;

namespace ClusterHeal.Operations.Drills;

/// <summary>
/// A member of etcd that loses its data, and its repair. The loss is the first half of the repair, under the drill's own ID. So a host that is left
/// alone puts the data back, anybody who finds the drill can end it, and etcd never starts on an empty folder with settings that create a cluster.
/// </summary>
/// <param name="context">The drill.</param>
/// <param name="outage">The member.</param>
internal sealed class MemberLoss(DrillContext context, MemberOutage outage)
{
    /// <summary>How long a repair may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>The answer of <see cref="Membership"/> when the new member has its vote.</summary>
    public const string NewVoter = "a new voter";

    private HashSet<ulong> _before = [];
    private volatile string _step = "not begun";
    private bool _isLost;
    private CancellationToken _user;
    private MemberRepairReport? _report;

    /// <summary>The current step of the repair; at the end its outcome.</summary>
    public Probe Repair() => new("repair", _ => Task.FromResult(_step));

    /// <summary>What the others say about the member: <c>the old one</c>, <c>none</c>, <c>a learner</c>, or <see cref="NewVoter"/>.</summary>
    public Probe Membership() => new("membership", async stop =>
    {
        var members = await MembersAsync(stop).ConfigureAwait(false);
        if (members.All(member => _before.Contains(member.ID))) return members.Count == _before.Count ? "the old one" : "none";
        return members.Any(member => member.IsLearner) ? "a learner" : NewVoter;
    });

    /// <summary>Finds out whether the member can be repaired, and returns what will be done.</summary>
    /// <exception cref="ClusterHealException">It cannot.</exception>
    public async Task<IReadOnlyList<string>> LookAsync(CancellationToken cancellationToken)
    {
        var sink = new GatheringSink();
        var repair = NewRepair(Patience);
        await using (repair.ConfigureAwait(false)) await repair.RunAsync(sink, cancellationToken).ConfigureAwait(false);
        if (sink.Records.OfType<MemberRepairPlan>().FirstOrDefault() is { } plan) return plan.Steps;
        throw context.Refused(
            $"A repair of the etcd member on {outage.Target.Name} was interrupted and not finished.",
            "Repair-EtcdMember goes on with it, and Undo-EtcdMemberRepair takes it back.");
    }

    /// <summary>Saves a snapshot, stops the member, and moves its data aside.</summary>
    /// <param name="healAfter">The time after which the host puts them back by itself.</param>
    /// <param name="cancellationToken">The user's. It ends it, and everything is put back.</param>
    public async Task LoseAsync(TimeSpan healAfter, CancellationToken cancellationToken)
    {
        _user = cancellationToken;
        _before = (await MembersAsync(cancellationToken).ConfigureAwait(false)).Select(member => member.ID).ToHashSet();
        var repair = NewRepair(healAfter);
        await using var end = repair.ConfigureAwait(false);
        await repair.LoseAsync(NewSink(), cancellationToken).ConfigureAwait(false);
        _isLost = true;
        _step = "lost";
    }

    /// <summary>Repairs the member. If it was not lost, if the user stops the drill, or if the repair is refused, its data are put back instead.</summary>
    public async Task HealAsync(CancellationToken cancellationToken)
    {
        var repair = NewRepair(Patience);
        await using var end = repair.ConfigureAwait(false);
        if (_isLost && !_user.IsCancellationRequested)
        {
            try
            {
                await RepairAsync(repair, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (ClusterHealException refusal) when (_report is null)
            {
                _step = $"refused: {refusal.Message}";
            }
        }

        if (await repair.EndAsync(NewSink(), cancellationToken).ConfigureAwait(false) is { } done) context.Sink.Verbose(done);
    }

    /// <summary>What stays: the snapshot here, and the former data on the host.</summary>
    public IEnumerable<string> Keep()
    {
        if (_report is null) yield break;
        if (File.Exists(_report.SnapshotPath)) yield return $"'{_report.SnapshotPath}' on this machine: a snapshot from before the loss.";
        if (_report.FormerData is { } data) yield return $"'{data}' on {_report.HostName}: the data that were moved aside.";
    }

    private async Task RepairAsync(MemberRepair repair, CancellationToken cancellationToken)
    {
        var sink = NewSink();
        await repair.RunAsync(sink, cancellationToken).ConfigureAwait(false);
        _report = sink.Records.OfType<MemberRepairReport>().Single();
        _step = $"{_report.Outcome}";
        // The data are back, so it is healed. The report says that it was not repaired.
        if (_report.Outcome != MemberRepairOutcome.PutBack) sink.ThrowIfFailed();
    }

    private PartSink NewSink() => new(context.Sink)
    {
        OnProgress = progress =>
        {
            if (!progress.Completed) _step = progress.Status;
        },
    };

    private MemberRepair NewRepair(TimeSpan healAfter) => RepairOf(
        [.. context.Cluster.HostsOf(ClusterComponent.Etcd).Select(host => host.Connection)],
        outage.Target.Name,
        context.Cluster.Name,
        context.Journal,
        context.Request.JournalFolder,
        context.Request.OpenShell,
        healAfter);

    private static MemberRepair RepairOf(
        IReadOnlyList<HostConnection> hosts,
        string hostName,
        string cluster,
        OperationJournal journal,
        string journalFolder,
        Func<HostConnection, IHostShell> open,
        TimeSpan healAfter) => new(
        new MemberRepairRequest
        {
            Cluster = cluster,
            Hosts = hosts,
            HostName = hostName,
            SnapshotFolder = journalFolder,
            HealAfter = healAfter,
            Journal = journal,
            OpenShell = open,
        },
        journalFolder,
        journal.Time);

    /// <summary>Ends an unfinished drill.</summary>
    /// <param name="record">The drill.</param>
    /// <param name="request">The user's wish, and how the hosts are reached.</param>
    /// <param name="journal">The drill's journal, which has the locks.</param>
    /// <param name="sink">Takes progress.</param>
    /// <param name="cancellationToken">Ends it; it can be repeated.</param>
    /// <returns>What was done, step by step.</returns>
    public static async Task<IReadOnlyList<string>> EndAsync(
        DrillRecord record, FailureDrillUndoRequest request, OperationJournal journal, IOperationSink sink, CancellationToken cancellationToken)
    {
        var repair = RepairOf(request.Hosts, record.LostMember!, record.ClusterName, journal, request.JournalFolder, request.OpenShell, Patience);
        await using var end = repair.ConfigureAwait(false);
        return await repair.EndAsync(new PartSink(sink), cancellationToken).ConfigureAwait(false) is { } done ? [done] : [];
    }

    private async Task<IReadOnlyList<Member>> MembersAsync(CancellationToken cancellationToken)
    {
        foreach (var host in outage.Others.SkipLast(1))
        {
            try
            {
                return await AskAsync(host).ConfigureAwait(false);
            }
            catch (ClusterHealException)
            {
                // Another member may answer.
            }
        }

        return await AskAsync(outage.Others[^1]).ConfigureAwait(false);

        async Task<IReadOnlyList<Member>> AskAsync(DrillHost host)
        {
            var client = await host.EtcdAsync(cancellationToken).ConfigureAwait(false);
            return (await client.MemberListAsync(linearizable: true, cancellationToken).ConfigureAwait(false)).Members;
        }
    }
}
