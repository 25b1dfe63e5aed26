using System.Globalization;
using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using Etcdserverpb;

namespace ClusterHeal.Operations.Restores;

/// <summary>The proof that the members of some hosts are one healthy etcd with the same data.</summary>
/// <param name="ClusterId">The ID of the cluster, in hex as etcdctl prints it.</param>
/// <param name="Revision">The revision at which all were compared.</param>
/// <param name="HashKV">Their common hash at that revision.</param>
internal sealed record ClusterProof(string ClusterId, long Revision, uint HashKV)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Asks the members until everything is as it must be.</summary>
    /// <param name="members">The hosts and how etcd is set up there.</param>
    /// <param name="clusterId">The cluster that they must be, or null for any.</param>
    /// <param name="voters">How many voters the cluster must have, or null for any number.</param>
    /// <param name="patience">How long they are asked.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">It was not proven in time. The message says what was wrong at the end.</exception>
    public static async Task<ClusterProof> FindAsync(
        IReadOnlyList<(IHostShell Shell, EtcdConfiguration Configuration)> members,
        string? clusterId,
        int? voters,
        TimeSpan patience,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        try
        {
            return await new Waiting(time, patience, Pause).RetryAsync(
                stop => TryAsync(members, clusterId, voters, stop), e => e is ClusterHealException, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterHealException wrong)
        {
            throw NotProven(wrong, patience);
        }
    }

    private static async Task<ClusterProof> TryAsync(
        IReadOnlyList<(IHostShell Shell, EtcdConfiguration Configuration)> members, string? clusterId, int? voters, CancellationToken cancellationToken)
    {
        var clients = new List<EtcdClient>();
        var material = new List<EtcdConnection>();
        try
        {
            foreach (var (shell, configuration) in members)
            {
                var connection = await EtcdHost.ConnectAsync(shell, configuration, cancellationToken).ConfigureAwait(false);
                material.Add(connection);
                clients.Add(connection.Open(connection.Endpoints[0]));
            }

            var statuses = await Task.WhenAll(clients.Select(client => client.StatusAsync(cancellationToken))).ConfigureAwait(false);
            var cluster = Same(members, statuses, status => EtcdId.Hex(status.Header.ClusterId), "cluster ID");
            if (clusterId is not null && cluster != clusterId) throw Wrong($"the cluster is {cluster} and not {clusterId}");
            var leader = Same(members, statuses, status => EtcdId.Hex(status.Leader), "leader");
            if (leader == "0") throw Wrong("there is no leader");

            var list = await clients[0].MemberListAsync(linearizable: true, cancellationToken).ConfigureAwait(false);
            var found = list.Members.Count(member => !member.IsLearner);
            if (voters is { } expected && found != expected) throw Wrong($"there are {found} voters and not {expected}");
            // A member that never ran has no client URL, but it has a name if it was there from the start.
            var silent = list.Members.Where(member => member.Name.Length == 0 || member.ClientURLs.Count == 0).Select(member => EtcdId.Hex(member.ID)).ToArray();
            if (silent.Length > 0) throw Wrong($"these members have not started: {string.Join(", ", silent)}");

            var alarms = await clients[0].AlarmAsync(new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Get }, cancellationToken).ConfigureAwait(false);
            if (alarms.Alarms.Count > 0 && clusterId is not null) throw Wrong($"there is an alarm: {alarms.Alarms[0].Alarm}");

            var revision = statuses.Min(status => status.Header.Revision);
            var hashes = await Task.WhenAll(clients.Select(client => client.HashKVAsync(revision, cancellationToken))).ConfigureAwait(false);
            Same(members, hashes, hash => hash.Hash.ToString(CultureInfo.InvariantCulture), $"hash at revision {revision}");
            return new ClusterProof(cluster, revision, hashes[0].Hash);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
            material.ForEach(connection => connection.Tls?.Dispose());
        }
    }

    private static string Same<T>(
        IReadOnlyList<(IHostShell Shell, EtcdConfiguration Configuration)> members, IReadOnlyList<T> answers, Func<T, string> value, string what)
    {
        var values = answers.Select(value).ToArray();
        if (values.Distinct(StringComparer.Ordinal).Count() == 1) return values[0];
        throw Wrong($"the {what} is not the same everywhere: " + string.Join(", ", values.Select((v, i) => $"{v} on {members[i].Shell.HostName}")));
    }

    private static ClusterHealException Wrong(string what) => new(ErrorIds.RestoreNotProven, FaultCategory.VerificationFailed, what);

    private static ClusterHealException NotProven(ClusterHealException wrong, TimeSpan patience) => new(
        ErrorIds.RestoreNotProven,
        FaultCategory.VerificationFailed,
        $"etcd did not come up as it must within {patience.TotalSeconds:0} seconds: {wrong.Message}",
        wrong.Target,
        $"Look into the journal of etcd on the hosts: {Systemd.LogOf("etcd")}, or crictl logs.",
        wrong);
}
