using System.Globalization;
using ClusterHeal.Etcd;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>Defragments one member of etcd, and waits until it has caught up with the others.</summary>
/// <param name="members">The members.</param>
/// <param name="timeout">How long one member may take.</param>
/// <param name="time">The clock.</param>
internal sealed class MemberDefragmentation(UpkeepMembers members, TimeSpan timeout, TimeProvider time)
{
    // It has to apply all that the others wrote in the meantime.
    private static readonly TimeSpan CatchUpPatience = TimeSpan.FromMinutes(2);

    /// <summary>Defragments it.</summary>
    /// <param name="member">The member's current state.</param>
    /// <param name="sink">Is told what continues on the server if the user gives up.</param>
    /// <param name="cancellationToken">Ends the wait. etcd does not stop what it has begun.</param>
    /// <exception cref="ClusterHealException">It was not done, or not in time, or the member does not catch up.</exception>
    public async Task<EtcdDefragmentation> RunAsync(EtcdMember member, IOperationSink sink, CancellationToken cancellationToken)
    {
        var name = UpkeepGround.NameOf(member);
        var activity = $"Defragmentation of {name}";
        using var client = members.Open(member, timeout);
        await RequireItselfAsync(client, member, cancellationToken).ConfigureAwait(false);
        var start = time.GetTimestamp();
        EtcdException? lost = null;
        try
        {
            sink.Progress(new OperationProgress(activity, "it does not serve meanwhile"));
            await client.DefragmentAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EtcdException e) when (e.StatusCode == GrpcStatusCode.DeadlineExceeded)
        {
            throw GoesOn(member, e);
        }
        catch (EtcdException e) when (e.StatusCode == GrpcStatusCode.Unavailable)
        {
            lost = e;
        }
        catch (EtcdException e)
        {
            throw Failed(member, $"The member {name} was not defragmented. {e.Message}", "The member's own words say why; its log has more.", e);
        }
        catch (OperationCanceledException)
        {
            sink.Warning($"The defragmentation of {name} continues on the server: etcd offers no way to stop it. Until it is done, the member does not serve.");
            throw;
        }
        finally
        {
            sink.Progress(new OperationProgress(activity, "done") { Completed = true });
        }

        var blocked = time.GetElapsedTime(start);
        var ground = await members.WaitAsync(lost is null ? CatchUpPatience : timeout, seen => seen.Fault is null, cancellationToken).ConfigureAwait(false);
        var after = ground.Now(member);
        if (ground.Fault is { } fault)
        {
            throw Failed(
                member,
                lost is null
                    ? $"The member {name} was defragmented, and {CatchUpPatience.TotalSeconds:0} seconds later not all members are in step. {fault}"
                    : $"The connection to {name} broke during its defragmentation, and afterwards not all members are in step. {fault} {lost.Message}",
                "Look with Get-EtcdMember, and into the log of the member. No other member was blocked.",
                lost);
        }

        if (lost is not null && after!.DbSize >= member.DbSize)
        {
            throw Failed(
                member,
                $"The connection to {name} broke during its defragmentation. The member serves again and its database has {after.DbSize} bytes, not less than before. {lost.Message}",
                "Look whether it was restarted: a kubelet whose liveness probe gets no answer ends etcd in the middle. Its data are as before.",
                lost);
        }

        return new EtcdDefragmentation
        {
            Cluster = members.Cluster,
            MemberName = member.Name,
            MemberId = member.Id,
            DbSizeBefore = member.DbSize!.Value,
            DbSize = after!.DbSize!.Value,
            DbSizeInUse = after.DbSizeInUse!.Value,
            Duration = blocked,
        };
    }

    private ClusterHealException GoesOn(EtcdMember member, EtcdException cause) => new(
        ErrorIds.DefragmentationGoesOn,
        FaultCategory.Timeout,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The member {UpkeepGround.NameOf(member)} is not done with its defragmentation after {timeout.TotalSeconds:0} seconds. etcd offers no way to stop it: ")
            + "it continues on that member, which does not serve until it is done. The other members serve, and no other one was blocked.",
        member.Name,
        "Wait until Get-EtcdMember shows the member healthy, with a smaller DbSize; then the same command continues with the others. "
        + "-TimeoutSec gives each member more time. If the member is restarted meanwhile, its data are as before.",
        cause);

    /// <summary>On the connection of the defragmentation itself: behind a load balancer another connection may lead to another member.</summary>
    private static async Task RequireItselfAsync(EtcdClient client, EtcdMember member, CancellationToken cancellationToken)
    {
        try
        {
            if ((await client.StatusAsync(cancellationToken).ConfigureAwait(false)).Header.MemberId == UpkeepGround.IdOf(member)) return;
        }
        catch (EtcdException e)
        {
            throw Failed(member, $"The member {UpkeepGround.NameOf(member)} was not defragmented. {e.Message}", "Look with Get-EtcdMember; then the same command continues.", e);
        }

        throw Failed(
            member,
            $"The member {UpkeepGround.NameOf(member)} was not defragmented: at {member.Endpoint[0]} it answers, and another time another member does.",
            "Give the members' own endpoints with -Endpoint, and not that of a load balancer.",
            cause: null);
    }

    private static ClusterHealException Failed(EtcdMember member, string message, string remedy, Exception? cause) =>
        new(ErrorIds.DefragmentationFailed, FaultCategory.NotReady, message, member.Name, remedy, cause);
}
