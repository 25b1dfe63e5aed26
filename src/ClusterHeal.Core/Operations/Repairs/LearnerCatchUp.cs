using System.Globalization;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Members;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Repairs;

/// <summary>Waits until a learner has caught up and has its vote. As long as it makes progress, it has time.</summary>
/// <param name="membership">The cluster.</param>
/// <param name="host">The learner's host.</param>
/// <param name="configuration">How the learner is set up.</param>
/// <param name="patience">How long it may make no progress.</param>
/// <param name="time">The clock.</param>
internal sealed class LearnerCatchUp(MembershipChange membership, RepairHost host, EtcdConfiguration configuration, TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private ulong _gap = ulong.MaxValue;
    private long _bytes = -1;

    /// <summary>Waits for the vote.</summary>
    /// <param name="id">The learner.</param>
    /// <param name="everyMinute">Called while it takes time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">It made no progress for too long.</exception>
    public async Task<string> PromoteAsync(ulong id, Func<Task> everyMinute, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var (nearer, minute) = (start, start);
        while (true)
        {
            if (await membership.TryPromoteAsync(id, cancellationToken).ConfigureAwait(false) is not { } why)
            {
                return string.Create(CultureInfo.InvariantCulture, $"a voter after {time.GetElapsedTime(start).TotalSeconds:0.0} seconds");
            }

            if (await ComesNearerAsync(cancellationToken).ConfigureAwait(false)) nearer = time.GetTimestamp();
            else if (time.GetElapsedTime(nearer) > patience) throw Behind(why);
            if (time.GetElapsedTime(minute) > TimeSpan.FromMinutes(1))
            {
                minute = time.GetTimestamp();
                await everyMinute().ConfigureAwait(false);
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The log shows how far it is. Until it has a log, the others send it their database, and the bytes on its disk grow.</summary>
    private async Task<bool> ComesNearerAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await OwnIndexAsync(cancellationToken).ConfigureAwait(false) is > 0 and var index)
            {
                var head = Math.Max(await membership.LogIndexAsync(cancellationToken).ConfigureAwait(false), index);
                if (head - index >= _gap) return false;
                _gap = head - index;
                return true;
            }

            var bytes = await host.SizeAsync(cancellationToken).ConfigureAwait(false);
            if (bytes <= _bytes) return false;
            _bytes = bytes;
            return true;
        }
        catch (ClusterHealException)
        {
            // If nothing can be seen, that is no progress.
            return false;
        }
    }

    private async Task<ulong?> OwnIndexAsync(CancellationToken cancellationToken)
    {
        try
        {
            var connection = await EtcdHost.ConnectAsync(host.Shell, configuration, cancellationToken).ConfigureAwait(false);
            using var tls = connection.Tls;
            using var client = connection.Open(connection.Endpoints[0]);
            return (await client.StatusAsync(cancellationToken).ConfigureAwait(false)).RaftAppliedIndex;
        }
        catch (EtcdException)
        {
            // It may not answer before it has the database.
            return null;
        }
    }

    private ClusterHealException Behind(string why) => new(
        ErrorIds.LearnerBehind,
        FaultCategory.Timeout,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{host.Shell.HostName}: its new member came no nearer to the others for {patience.TotalSeconds:0} seconds ")
            + (_gap == ulong.MaxValue ? "and does not serve" : $"and is {_gap} entries of the log behind") + $". {why}",
        host.Shell.HostName,
        $"Look into the log of etcd on that host ({Systemd.LogOf("etcd")}, or crictl logs), at its disk, and at the network between the members.");
}
