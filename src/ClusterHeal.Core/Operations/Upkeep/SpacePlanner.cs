using ClusterHeal.Etcd;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>Finds what fills the database of an etcd, and whether compaction and defragmentation can help. Changes nothing.</summary>
/// <param name="members">The members.</param>
/// <param name="request">What the user wants.</param>
/// <param name="sink">Is told the progress of the count.</param>
internal sealed class SpacePlanner(UpkeepMembers members, AlarmClearanceRequest request, IOperationSink sink)
{
    /// <summary>Below this part of its quota a database has space: somebody freed it, and left the alarm raised.</summary>
    private const double RoomyShare = 0.9;

    /// <summary>Makes the plan.</summary>
    /// <exception cref="ClusterHealException">They cannot help, or that is not known.</exception>
    public async Task<SpacePlan> PlanAsync(UpkeepGround ground, CancellationToken cancellationToken)
    {
        ground = await MemberQuotas.FindAsync(members, ground, request.QuotaBytes, cancellationToken).ConfigureAwait(false);
        if (ground.Members.All(member => MemberQuotas.Share(member) < RoomyShare)) return new SpacePlan { Ground = ground, IsNeeded = false };
        if (ground.Members.FirstOrDefault(member => member.IsLearner && MemberQuotas.IsFull(member)) is { } learner)
        {
            throw Refused($"{UpkeepGround.NameOf(learner)} is full and is a learner, which etcd does not defragment.", "Promote it, or remove it from the cluster ('etcdctl member remove').");
        }

        // A follower has less to do.
        using var client = members.Open(ground.BestFollower ?? ground.Leader!);
        using var deadline = new CallDeadline(request.Timeout, cancellationToken);
        try
        {
            return await CountAsync(ground, client, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.Passed)
        {
            throw Refused($"What fills the database was not counted within {request.Timeout.TotalSeconds:0} seconds.", "Give it more time with -TimeoutSec.");
        }
    }

    private async Task<SpacePlan> CountAsync(UpkeepGround ground, EtcdClient client, CancellationToken cancellationToken)
    {
        var survey = new SpaceSurvey(client);
        var activity = $"Counting what fills etcd of {members.Cluster}";
        var (revision, resources) = await survey.CountAsync(
            count => sink.Progress(new OperationProgress(activity, $"{count} keys")), cancellationToken).ConfigureAwait(false);
        sink.Progress(new OperationProgress(activity, "done") { Completed = true });
        var (target, isCompacted) = await TargetAsync(client, revision, cancellationToken).ConfigureAwait(false);
        var plan = new SpacePlan
        {
            Ground = ground,
            IsNeeded = true,
            Revision = revision,
            Resources = resources,
            CompactRevision = isCompacted ? null : target,
        };
        RefuseWhatStays(plan, plan.BytesPresent, RemedyOfPresent);
        // If it was compacted before, it is not known up to where, and what that left does not fill the database.
        var former = isCompacted ? 0 : await survey.CountFormerAsync(target, revision, cancellationToken).ConfigureAwait(false);
        plan = plan with { BytesKept = plan.BytesPresent + former };
        RefuseWhatStays(plan, plan.BytesKept.Value, "Keep less of the past: a smaller -KeepHistory, or 0 for nothing but the present objects.");
        return plan;
    }

    private async Task<(long Revision, bool IsCompacted)> TargetAsync(EtcdClient client, long revision, CancellationToken cancellationToken)
    {
        if (request.Revision is { } wanted)
        {
            if (wanted <= revision) return (wanted, await IsCompactedAsync(client, wanted, cancellationToken).ConfigureAwait(false));
            throw Refused($"The revision {wanted} is not reached: the cluster is at {revision}.", "Give a -Revision below it.");
        }

        if (request.KeepHistory == TimeSpan.Zero) return (revision, false);
        var clock = await RevisionClock.FindAsync(client, revision, cancellationToken).ConfigureAwait(false);
        if (clock is not null && await clock.RevisionBeforeAsync(request.KeepHistory, cancellationToken).ConfigureAwait(false) is { } found) return found;
        throw Refused(
            clock is null
                ? "etcd keeps no times, and no lease of Kubernetes was found that tells which revisions are of the last minutes."
                : $"The leases of Kubernetes do not reach back {request.KeepHistory:g}.",
            $"Give the revision up to which former revisions may go with -Revision (the cluster is at {revision}), or give -KeepHistory 0.");
    }

    private static async Task<bool> IsCompactedAsync(EtcdClient client, long revision, CancellationToken cancellationToken)
    {
        try
        {
            var read = new Etcdserverpb.RangeRequest { Key = Google.Protobuf.ByteString.CopyFromUtf8("health"), CountOnly = true, Revision = revision };
            await client.RangeAsync(read, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (EtcdException e) when (e.ErrorId == ErrorIds.EtcdCompacted)
        {
            return true;
        }
    }

    private const string RemedyOfPresent =
        "Delete objects of the largest kinds (deletions go through in spite of the alarm), or raise --quota-backend-bytes on each member; then the same command continues.";

    private void RefuseWhatStays(SpacePlan plan, long bytes, string remedy)
    {
        if (plan.Ground.Voters.FirstOrDefault(member => member.DbSizeQuota is > 0 and var quota && bytes > quota - MemberQuotas.Room(quota)) is not { } full) return;
        throw Refused(
            $"Neither compaction nor defragmentation can help: what stays takes at least {Size.Text(bytes)}, and the quota of {UpkeepGround.NameOf(full)} "
            + $"is {Size.Text(full.DbSizeQuota!.Value)}. The present objects are {plan.Biggest}.",
            remedy);
    }

    private ClusterHealException Refused(string why, string remedy) =>
        new(ErrorIds.AlarmRefused, FaultCategory.ResourceExhausted, $"{why} Nothing was touched.", members.Cluster, remedy);
}
