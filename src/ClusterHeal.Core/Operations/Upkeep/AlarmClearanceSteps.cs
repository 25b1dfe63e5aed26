using System.Globalization;
using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using Etcdserverpb;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>The steps that clear alarms. Each may be repeated, also by another process after this one died.</summary>
/// <param name="members">The members.</param>
/// <param name="ground">What the members said before.</param>
/// <param name="alarms">The alarms that are raised.</param>
/// <param name="space">How space is freed; null if the alarm NOSPACE is not raised.</param>
/// <param name="request">What the user wants.</param>
/// <param name="log">Keeps the steps.</param>
/// <param name="sink">Takes warnings.</param>
internal sealed class AlarmClearanceSteps(
    UpkeepMembers members,
    UpkeepGround ground,
    IReadOnlyList<AlarmMember> alarms,
    SpacePlan? space,
    AlarmClearanceRequest request,
    StepLog log,
    IOperationSink sink)
{
    /// <summary>If a database uses more than this of its quota, it will soon be full again.</summary>
    private const double TightShare = 0.8;

    private readonly List<EtcdDefragmentation> _defragmented = [];
    private readonly EtcdMember[] _targets = space is { IsNeeded: true } ? DefragmentationRound.InOrder(space.Ground.Voters) : [];

    private string[] Names => [.. alarms.Select(alarm => $"{WordOf(alarm.Alarm)} of {NameOf(alarm.MemberID)}")];

    /// <summary>What will be done.</summary>
    public EtcdAlarmPlan Plan() => new()
    {
        Cluster = request.Cluster,
        Alarms = Names,
        Members = _targets,
        CompactRevision = space?.CompactRevision,
        Revision = space?.Revision,
        BytesKept = space?.BytesKept,
        Resources = [.. space?.Resources ?? []],
        Steps = [.. Describe()],
    };

    /// <summary>Clears the alarms.</summary>
    /// <param name="journal">The journal of the operation.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    public async Task<EtcdAlarmReport> RunAsync(OperationJournal journal, CancellationToken cancellationToken)
    {
        try
        {
            await DisarmAsync(AlarmType.Corrupt, journal, cancellationToken).ConfigureAwait(false);
            if (space is { CompactRevision: { } revision })
            {
                await log.RunAsync($"Compact up to revision {revision}", () =>
                {
                    journal.Note(null, $"compact etcd up to revision {revision}");
                    return new Compaction(members, request.Timeout).RunAsync(ground, revision, cancellationToken);
                }).ConfigureAwait(false);
            }

            await new DefragmentationRound(members, request.Timeout, journal).RunAsync(_targets, log, sink, _defragmented.Add, cancellationToken).ConfigureAwait(false);
            if (space is not null && await FindFullAsync(cancellationToken).ConfigureAwait(false) is { } full) return Report(EtcdAlarmOutcome.NotEnough, full);
            await DisarmAsync(AlarmType.Nospace, journal, cancellationToken).ConfigureAwait(false);
            return await ProveAsync(cancellationToken).ConfigureAwait(false) is { } back ? Report(EtcdAlarmOutcome.Returned, back) : Report(EtcdAlarmOutcome.Cleared, reason: null);
        }
        catch (ClusterHealException e)
        {
            return Report(EtcdAlarmOutcome.Unfinished, e.Message);
        }
    }

    private IEnumerable<string> Describe()
    {
        if (space is { IsNeeded: true })
        {
            foreach (var member in space.Ground.Members)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{UpkeepGround.NameOf(member)}: {Size.Text(member.DbSize!.Value)}, of which {Size.Text(member.DbSizeInUse!.Value)} are in use; its quota is {QuotaOf(member)}.");
            }

            yield return $"The present objects take {Size.Text(space.BytesPresent)}: {space.Biggest}.";
            yield return $"Afterwards at least {Size.Text(space.BytesKept!.Value)} are in use.";
        }

        if (HasAlarm(AlarmType.Corrupt)) yield return "All voters hold the same data: clear the alarm CORRUPT.";
        if (space is { CompactRevision: { } revision })
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Compact up to revision {revision} (now {space.Revision}): revisions before it are not readable any more.");
        }
        else if (space is { IsNeeded: true })
        {
            yield return "The former revisions were compacted already.";
        }

        foreach (var step in DefragmentationRound.Describe(ground, _targets)) yield return step;
        if (space is not null) yield return "Compare each database with its quota, and clear the alarm NOSPACE.";
        yield return "Prove that writes go through: grant and revoke a lease on each voter.";
    }

    private async Task DisarmAsync(AlarmType type, OperationJournal journal, CancellationToken cancellationToken)
    {
        if (!HasAlarm(type)) return;
        await log.RunAsync($"Clear {WordOf(type)}", async () =>
        {
            journal.Note(null, $"clear the alarm {WordOf(type)} of etcd");
            using var client = members.Open(ground.Voters.First(EtcdFacts.IsServing));
            foreach (var alarm in alarms.Where(alarm => alarm.Alarm == type))
            {
                var clear = new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Deactivate, MemberID = alarm.MemberID, Alarm = type };
                await client.AlarmAsync(clear, cancellationToken).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
    }

    private async Task<string?> FindFullAsync(CancellationToken cancellationToken)
    {
        string? full = null;
        await log.JudgeAsync("Compare with the quotas", async () =>
        {
            var now = await members.LookAsync(cancellationToken).ConfigureAwait(false);
            var measured = now.Members.Where(member => member.DbSize is not null)
                .Select(member => member with { DbSizeQuota = space!.Ground.Now(member)?.DbSizeQuota }).ToArray();
            var said = string.Join(", ", measured.Select(member => $"{member.Name}: {Size.Text(member.DbSize!.Value)} of {QuotaOf(member)}"));
            if (measured.Any(MemberQuotas.IsFull))
            {
                full = $"The databases still leave no room below their quotas, so the alarm was left raised ({said}). {Biggest}".TrimEnd();
                return (CheckStatus.Fail, said);
            }

            if (!measured.Any(member => MemberQuotas.Share(member) > TightShare)) return (CheckStatus.Pass, said);
            sink.Warning($"The databases are nearly as large as their quotas: the alarm will be raised again before long ({said}). {Biggest}".TrimEnd());
            return (CheckStatus.Warning, said);
        }).ConfigureAwait(false);
        return full;
    }

    private async Task<string?> ProveAsync(CancellationToken cancellationToken)
    {
        string? back = null;
        await log.JudgeAsync("Prove that writes go through", async () =>
        {
            var refusal = await WriteProof.FindFaultAsync(members, ground, cancellationToken).ConfigureAwait(false);
            var raised = await members.AlarmsAsync(ground, cancellationToken).ConfigureAwait(false);
            if (refusal is null && raised.Count == 0) return (CheckStatus.Pass, (string?)null);
            var names = string.Join(", ", raised.Select(alarm => $"{WordOf(alarm.Alarm)} of {NameOf(alarm.MemberID)}"));
            back = $"It was raised again at once ({names}). {refusal} {Biggest}".TrimEnd();
            return (CheckStatus.Fail, back);
        }).ConfigureAwait(false);
        return back;
    }

    private string Biggest => space is { Resources.Count: > 0 } ? $"The largest kinds are {space.Biggest}." : "";

    private EtcdAlarmReport Report(EtcdAlarmOutcome outcome, string? reason) => new()
    {
        Cluster = request.Cluster,
        Alarms = Names,
        Outcome = outcome,
        Reason = reason,
        Steps = log.Steps,
        Members = [.. _defragmented],
        CompactRevision = space?.CompactRevision,
        Resources = [.. space?.Resources ?? []],
        StartedAt = log.StartedAt,
        Duration = log.Elapsed,
    };

    private bool HasAlarm(AlarmType type) => alarms.Any(alarm => alarm.Alarm == type);

    private static string QuotaOf(EtcdMember member) => member.DbSizeQuota > 0 ? Size.Text(member.DbSizeQuota.Value) : "none";

    private static string WordOf(AlarmType type) => type.ToString().ToUpperInvariant();

    private string NameOf(ulong id)
    {
        var hex = EtcdId.Hex(id);
        return ground.Members.FirstOrDefault(member => member.Id == hex)?.Name is { Length: > 0 } name ? name : hex;
    }
}
