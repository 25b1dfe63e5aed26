using ClusterHeal.Bolt;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Restores the members of one cluster from one snapshot. The file is held open and there is one <see cref="RestoreSpec"/>, so all members come from
/// the same bytes with the same token, and no caller can mix two restores. Nothing is changed before one of the methods that write is called.
/// </summary>
public sealed class SnapshotRestore : IDisposable
{
    private readonly SnapshotFile _source;
    private readonly RestoreSpec _spec;

    private SnapshotRestore(SnapshotFile source, RestoreSpec spec, EtcdRestorePlan plan)
    {
        _source = source;
        _spec = spec;
        Plan = plan;
    }

    /// <summary>What will be done.</summary>
    public EtcdRestorePlan Plan { get; }

    /// <summary>The members and the token.</summary>
    public InitialCluster Cluster => _spec.Cluster;

    /// <summary>Opens a snapshot and checks that the options fit together and fit the file. Its sha256 is compared while it is read.</summary>
    /// <param name="path">The snapshot file.</param>
    /// <param name="spec">What is made of it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ClusterHealException">The file cannot be read, is no database of etcd, or the options do not fit.</exception>
    public static async Task<SnapshotRestore> OpenAsync(string path, RestoreSpec spec, CancellationToken cancellationToken)
    {
        CheckOptions(spec);
        var source = SnapshotFile.Open(path);
        try
        {
            var plan = await Task.Run(() => MakePlan(source, spec, cancellationToken), cancellationToken).ConfigureAwait(false);
            return new SnapshotRestore(source, spec, plan);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>The log and raft snapshot of one member. With the database they are its whole data directory.</summary>
    /// <param name="name">The member.</param>
    /// <exception cref="ClusterHealException">The cluster has no such member.</exception>
    public MemberBootstrap Bootstrap(string name) => new(Cluster, Cluster.Member(name), Plan.TargetVersion);

    /// <summary>Writes the database, which is the same for all members, and compares the sha256 of the snapshot meanwhile.</summary>
    /// <param name="output">An empty stream that can seek. After an error its content is invalid.</param>
    /// <param name="sink">Is told about the progress.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ClusterHealException">The sha256 is missing or wrong, or the file is damaged.</exception>
    public async Task<RestoredDatabase> WriteDatabaseAsync(Stream output, IOperationSink sink, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var verified = _spec.SkipHashCheck ? Task.CompletedTask : Task.Run(() => Verify(stop.Token), stop.Token);
        var written = Task.Run(() => Rewrite(output, sink, stop.Token), stop.Token);
        try
        {
            // If the bytes are not the saved ones, every other fault may follow from that.
            await verified.ConfigureAwait(false);
            return await written.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(verified, written).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            sink.Progress(new OperationProgress(Activity, "done", 100) { Completed = true });
        }
    }

    /// <summary>Reads a database that <see cref="WriteDatabaseAsync"/> wrote as a server reads it at its start.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ClusterHealException">No server would start on it.</exception>
    internal Task<RestoreReadback> ReadBackAsync(string path, CancellationToken cancellationToken) =>
        Task.Run(() => RestoreReadback.ReadDatabase(path, Cluster, Plan.TargetVersion, cancellationToken), cancellationToken);

    /// <summary>Checks that the places to which members are restored are empty.</summary>
    /// <param name="targets">The members and where they go.</param>
    /// <exception cref="ClusterHealException">A directory is not empty, or no directory.</exception>
    public void CheckTargets(IReadOnlyList<RestoreTarget> targets)
    {
        foreach (var target in targets) new StagedDataDirectory(target, Bootstrap(target.Name)).Check();
    }

    /// <summary>
    /// Restores members on this machine. Either all their directories are whole at the end, or none of them is left.
    /// </summary>
    /// <param name="targets">The members and where they go.</param>
    /// <param name="sink">Is told about the progress.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops it; then nothing is left.</param>
    /// <exception cref="ClusterHealException">A directory is not empty or cannot be written, or as for <see cref="WriteDatabaseAsync"/>.</exception>
    public async Task<IReadOnlyList<EtcdRestoreResult>> RestoreAsync(
        IReadOnlyList<RestoreTarget> targets, IOperationSink sink, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        if (targets.DistinctBy(target => Path.GetFullPath(target.DataDirectory)).Count() < targets.Count)
        {
            throw Contradiction("two members have the same data directory", "Give each member a directory of its own.");
        }

        var staged = targets.Select(target => (Target: target, Staged: new StagedDataDirectory(target, Bootstrap(target.Name)))).ToArray();
        try
        {
            foreach (var (_, directory) in staged) directory.Begin();
            var first = staged[0].Staged;
            var database = await first.WriteDatabaseAsync(
                output => WriteDatabaseAsync(output, sink, cancellationToken), cancellationToken).ConfigureAwait(false);
            foreach (var (_, directory) in staged.Skip(1)) await directory.CopyDatabaseAsync(first, cancellationToken).ConfigureAwait(false);
            foreach (var (_, directory) in staged) directory.WriteBootstrap();
            foreach (var (_, directory) in staged)
            {
                await directory.ReadBackAsync(path => ReadBackAsync(path, cancellationToken)).ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
            foreach (var (_, directory) in staged) directory.Commit();
            return [.. staged.Select(d => NewResult(d.Target, d.Staged, database, time.GetElapsedTime(start)))];
        }
        catch
        {
            foreach (var (_, directory) in staged) directory.Discard();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private string Activity => $"Restoring {_source.Path}";

    private static void CheckOptions(RestoreSpec spec)
    {
        if (spec.BumpRevision < 0) throw Contradiction($"-BumpRevision {spec.BumpRevision} would move the revision back", "Give a positive number.");
        if (spec.BumpRevision > 0 != spec.MarkCompacted)
        {
            throw Contradiction(
                "-BumpRevision and -MarkCompacted need each other: without the second, watchers would wait for changes that never come",
                "Give both, or neither.");
        }

        if (spec.TargetVersion is { } target && target < EtcdVersions.OldestTarget)
        {
            throw Contradiction($"-TargetVersion {target} is older than {EtcdVersions.OldestTarget}", "Restore with the etcdctl of that version.");
        }
    }

    private static EtcdRestorePlan MakePlan(SnapshotFile source, RestoreSpec spec, CancellationToken cancellationToken)
    {
        var (version, revision, authEnabled) = Glance(source, cancellationToken);
        var target = spec.TargetVersion ?? version ?? EtcdVersions.TargetIfUnknown;
        target = EtcdVersions.MinorOf(target);
        if (version > target)
        {
            throw new ClusterHealException(
                ErrorIds.SnapshotNewerThanTarget,
                FaultCategory.NotSupported,
                $"'{source.Path}' is from a cluster of etcd {version}, and servers of {target} are not made to read it. Nothing was restored.",
                source.Path,
                $"Restore to servers of {version} or newer, and give -TargetVersion their version.");
        }

        return new EtcdRestorePlan
        {
            Path = source.Path,
            SnapshotSize = (long)source.Database.Size,
            SnapshotRevision = revision,
            SnapshotVersion = version,
            TargetVersion = target,
            InitialClusterToken = spec.Cluster.Token,
            ClusterId = EtcdId.Hex(spec.Cluster.Id),
            Members = [.. spec.Cluster.Members.Select(m => new EtcdRestoreMember(m.Name, EtcdId.Hex(m.Id), [.. m.PeerUrls]))],
            BumpRevision = spec.BumpRevision,
            SkipHashCheck = spec.SkipHashCheck,
            GoneApiServers = [.. spec.GoneApiServers],
            LivingApiServers = spec.LivingApiServers is { } living ? [.. living] : null,
            AuthEnabled = authEnabled,
        };
    }

    /// <summary>
    /// Reads the version of the cluster and the last revision from a handful of pages. To cut the bucket into many parts opens only its branches, and
    /// the last part has few leaves.
    /// </summary>
    private static (Version? Version, long Revision, bool AuthEnabled) Glance(SnapshotFile source, CancellationToken cancellationToken)
    {
        const int Parts = 1024;
        var metadata = SnapshotMetadata.Read(source.Database, cancellationToken);
        var version = EtcdVersions.ParseMinor(metadata.ClusterVersion);
        var walk = new BoltWalk(source.Database, new BoltFindings());
        var last = new LastKey();
        var keys = walk.ReadBuckets().Find(bucket => bucket.Name.AsSpan().SequenceEqual("key"u8));
        if (keys is not null && walk.Split(keys, Parts).LastOrDefault() is { } part) walk.Visit(part, last, walk.NewTreeWalk(), cancellationToken);
        return (version, RevisionRecord.MainOf(last.Key), metadata.AuthEnabled);
    }

    private static ClusterHealException Contradiction(string why, string remedy) =>
        new(ErrorIds.RestoreOptionsInvalid, FaultCategory.InvalidArgument, $"The restore cannot be done so: {why}.", null, remedy);

    private void Verify(CancellationToken cancellationToken)
    {
        var proof = SnapshotProof.Of(_source.Path, _source.ComputeSum(cancellationToken));
        if (proof.Holds != true)
        {
            var (id, remedy) = proof.Holds is null
                ? (ErrorIds.SnapshotHashMissing,
                    "Use a file of Save-EtcdSnapshot or 'etcdctl snapshot save'. For a copy of a member's db file, add -SkipHashCheck.")
                : (ErrorIds.SnapshotHashMismatch,
                    "Use another copy of this snapshot, or an older one. Test-EtcdSnapshot tells what is damaged.");
            throw Unproven(id, proof.Message, remedy);
        }

        if (_source.MetaFindings.ToList() is [var finding, ..])
        {
            throw Unproven(
                ErrorIds.SnapshotDamaged,
                $"One of its two meta pages is damaged, {finding}.",
                "Use another copy of this snapshot, or an older one. To take what the other page says, perhaps an older state, add -SkipHashCheck.");
        }
    }

    private ClusterHealException Unproven(string id, string why, string remedy) => new(
        id, FaultCategory.VerificationFailed, $"The snapshot '{_source.Path}' is not proven. {why} Nothing was restored.", _source.Path, remedy);

    private RestoredDatabase Rewrite(Stream output, IOperationSink sink, CancellationToken cancellationToken)
    {
        var size = Plan.SnapshotSize;
        void Report() => sink.Progress(new OperationProgress(Activity, "writing the database", (int)Math.Min(99, output.Position * 100 / size)));
        return new DatabaseRewriter(_source, _spec, Plan.TargetVersion).Write(output, Report, cancellationToken);
    }

    private EtcdRestoreResult NewResult(RestoreTarget target, StagedDataDirectory staged, RestoredDatabase database, TimeSpan duration) => new()
    {
        Name = target.Name,
        DataDirectory = target.DataDirectory,
        WalDirectory = staged.WalDirectory,
        MemberId = EtcdId.Hex(Cluster.Member(target.Name).Id),
        ClusterId = Plan.ClusterId,
        InitialCluster = Cluster.ToString(),
        InitialClusterToken = Cluster.Token,
        TargetVersion = Plan.TargetVersion,
        Path = Plan.Path,
        SnapshotRevision = database.SnapshotRevision,
        Revision = database.Revision,
        CompactedRevision = database.CompactedRevision,
        SnapshotSize = Plan.SnapshotSize,
        DatabaseSize = database.Size,
        Repairs = [.. database.Repairs],
        Duration = duration,
    };
    private sealed class LastKey : IRecordVisitor
    {
        public byte[] Key { get; private set; } = [];

        public void Visit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Key = key.ToArray();
    }
}
