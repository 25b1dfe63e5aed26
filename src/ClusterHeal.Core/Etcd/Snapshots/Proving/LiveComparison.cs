using System.Diagnostics;
using ClusterHeal.Bolt;
using ClusterHeal.Etcd.Members;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Compares a snapshot with the live voters of its cluster: HashKV at the snapshot's revision is the same on all of them, as long as that revision is
/// not compacted. A member that has compacted more than the snapshot skips more old records. Then the snapshot's hash is computed for that compact
/// revision.
/// </summary>
/// <param name="connection">Where the cluster is.</param>
/// <param name="inspection">The snapshot.</param>
internal sealed class LiveComparison(EtcdConnection connection, SnapshotInspection inspection)
{
    private const string CompareSooner =
        "Kubernetes compacts every five minutes: compare a snapshot right after it was saved, and name the endpoints of all members.";
    private const string SameCluster = "Is it the same cluster, and was it not restored to an earlier state since?";

    private readonly Dictionary<ulong, bool?> _verdicts = [];
    private readonly Dictionary<long, uint> _hashes = new() { [inspection.Snapshot.CompactRevision] = inspection.Snapshot.HashKv };
    private readonly List<string> _evidence = [];
    private HashSet<ulong>? _voters;
    private string? _clusterId;
    private (string Obstacle, string Remedy)? _obstacle;

    private EtcdSnapshot Snapshot => inspection.Snapshot;

    /// <summary>Asks the endpoints, then the other voters at the URLs that they advertise.</summary>
    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        Dictionary<ulong, IReadOnlyList<EtcdEndpoint>> advertised = [];
        foreach (var endpoint in connection.Endpoints) await AskAsync(endpoint, advertised, cancellationToken).ConfigureAwait(false);
        foreach (var (id, endpoints) in advertised)
        {
            foreach (var endpoint in endpoints.Where(e => !IsNamed(e)))
            {
                if (!_verdicts.ContainsKey(id)) await AskAsync(endpoint, advertised, cancellationToken).ConfigureAwait(false);
            }
        }

        return Judge() with { Elapsed = Stopwatch.GetElapsedTime(start) };
    }

    private bool IsNamed(EtcdEndpoint endpoint) =>
        connection.Endpoints.Any(named => (named.Host, named.Port, named.SocketPath) == (endpoint.Host, endpoint.Port, endpoint.SocketPath));

    private async Task AskAsync(
        EtcdEndpoint endpoint, Dictionary<ulong, IReadOnlyList<EtcdEndpoint>> advertised, CancellationToken cancellationToken)
    {
        using var client = connection.Open(endpoint);
        try
        {
            var status = await client.StatusAsync(cancellationToken).ConfigureAwait(false);
            var id = status.Header.MemberId;
            if (_voters is null) await ReadVotersAsync(client, advertised, cancellationToken).ConfigureAwait(false);
            if (_verdicts.TryGetValue(id, out var known) && known is not null) return;
            _verdicts[id] = null;
            if (status.IsLearner) _evidence.Add($"{endpoint}: a learner, which has no vote");
            else _verdicts[id] = await CompareAsync(client, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterHealException e)
        {
            _evidence.Add($"{endpoint}: {e.Message}");
            _obstacle ??= ($"too few of them answered. {e.Message.TrimEnd('.')}", e.Remedy ?? "");
        }
    }

    private async Task ReadVotersAsync(
        EtcdClient client, Dictionary<ulong, IReadOnlyList<EtcdEndpoint>> advertised, CancellationToken cancellationToken)
    {
        var list = await client.MemberListAsync(linearizable: false, cancellationToken).ConfigureAwait(false);
        var members = list.Members;
        _clusterId = EtcdId.Hex(list.Header.ClusterId);
        _voters = [.. members.Where(m => !m.IsLearner).Select(m => m.ID)];
        foreach (var member in members.Where(m => !m.IsLearner))
        {
            advertised[member.ID] = AdvertisedEndpoints.Of(member, out var fault);
            if (fault is not null) _evidence.Add($"{member.Name}: {fault}");
            if (member.ClientURLs.Count == 0) _evidence.Add($"{member.Name}: it has never been started");
        }
    }

    private async Task<bool?> CompareAsync(EtcdClient client, CancellationToken cancellationToken)
    {
        var revision = Snapshot.HashKvRevision;
        try
        {
            var live = await client.HashKVAsync(revision, cancellationToken).ConfigureAwait(false);
            var ours = await HashAtAsync(live.CompactRevision, cancellationToken).ConfigureAwait(false);
            if (ours == live.Hash)
            {
                _evidence.Add($"{client.Endpoint}: the same hash, {live.Hash}");
                return true;
            }
            if (await IsCompactedBelowAsync(client, revision, cancellationToken).ConfigureAwait(false))
            {
                _obstacle = ($"compacted: {revision} is the compact revision itself", CompareSooner);
                _evidence.Add($"{client.Endpoint}: {revision} is its compact revision, of which it answers a stored hash");
                return null;
            }
            _evidence.Add($"{client.Endpoint}: another hash, {live.Hash} where the snapshot has {ours}");
            return false;
        }
        catch (EtcdException e) when (e.ErrorId == ErrorIds.EtcdCompacted)
        {
            _obstacle = ($"compacted: revision {revision} is older than what they keep", CompareSooner);
            _evidence.Add($"{client.Endpoint}: revision {revision} is compacted");
        }
        catch (EtcdException e) when (e.ErrorId == ErrorIds.EtcdFutureRevision)
        {
            _obstacle = ($"future revision: they have not reached {revision}", SameCluster);
            _evidence.Add($"{client.Endpoint}: revision {revision} is a future revision");
        }
        return null;
    }

    /// <summary>For its exact compact revision a member returns a hash that it stored when it compacted.</summary>
    private static async Task<bool> IsCompactedBelowAsync(EtcdClient client, long revision, CancellationToken cancellationToken)
    {
        if (revision <= 1) return false;
        try
        {
            await client.HashKVAsync(revision - 1, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (EtcdException e) when (e.ErrorId == ErrorIds.EtcdCompacted)
        {
            return true;
        }
    }

    private async Task<uint> HashAtAsync(long compactRevision, CancellationToken cancellationToken)
    {
        if (_hashes.TryGetValue(compactRevision, out var hash)) return hash;
        using var file = SnapshotFile.Open(Snapshot.Path);
        var scan = new ContentScan(file.Database, new BoltFindings(), () => compactRevision, Environment.ProcessorCount);
        return _hashes[compactRevision] = (await Task.Run(() => scan.Run(cancellationToken), cancellationToken).ConfigureAwait(false)).HashKv;
    }

    private CheckResult Judge()
    {
        var voters = _voters?.Count ?? 0;
        var quorum = (voters / 2) + 1;
        var same = _verdicts.Count(v => v.Value == true);
        var (obstacle, instead) = _obstacle ?? ("too few of them answered", "Name the endpoints of all members.");
        // A restore gives a cluster a new ID and keeps the contents of the snapshot. So the ID alone is no reason.
        var origin = connection.IsOfSession ? SnapshotManifest.Find(Snapshot.Path)?.ClusterId : null;
        var (status, message, remedy) = (_verdicts.ContainsValue(false), same >= quorum && voters > 0) switch
        {
            (true, _) when connection.IsOfSession && origin != _clusterId => (CheckStatus.Warning,
                $"It has other keys or values than the cluster of this session, {_clusterId}, "
                    + (origin is null ? "and no manifest says whose snapshot it is." : $"and is a snapshot of another one, {origin}."),
                "Name the endpoints of its own cluster with -Endpoint."),
            (true, _) => (CheckStatus.Fail, $"At revision {Snapshot.HashKvRevision} a live member has other keys or values than the snapshot.",
                "Is it the same cluster? If so, compare the members with each other ('etcdctl endpoint hashkv --cluster --rev'), and save a new snapshot."),
            (_, true) => (CheckStatus.Pass, $"At revision {Snapshot.HashKvRevision} it has the same keys and values as {same} of {voters} live voters.", null),
            _ => (connection.IsOfSession ? CheckStatus.Warning : CheckStatus.Unknown,
                $"It cannot be compared with a quorum of live voters, {obstacle} ({same} of {voters} have its hash, {quorum} are needed).", instead),
        };
        return new CheckResult
        {
            Name = "HashKV", Target = Snapshot.Path, Status = status, Message = message, Remedy = remedy, Evidence = [.. _evidence],
        };
    }
}
