using ClusterHeal.Common;
using Etcdserverpb;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>One attempt to save a snapshot from one member: <c>.part</c> beside the target, proven, synced, renamed; or nothing.</summary>
/// <param name="connection">Trust, user and timeouts.</param>
/// <param name="options">Deadlines, and whether the target may be replaced.</param>
/// <param name="source">The member.</param>
/// <param name="target">The final name, or how it is found.</param>
/// <param name="time">The clock.</param>
internal sealed class PartialSnapshot(
    EtcdConnection connection, SnapshotSaveOptions options, SnapshotSource source, SnapshotTarget target, TimeProvider time)
{
    private const string NothingLeft = "Nothing was left behind.";

    private readonly string _part = DurableFile.PartFor(target.Path);
    private readonly string _manifestPart = DurableFile.PartFor(target.Path);

    /// <summary>Saves.</summary>
    /// <param name="progress">Told bytes that came and bytes that follow.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="EtcdException">The member failed.</exception>
    /// <exception cref="ClusterHealException">The disk failed, or the bytes that came are no valid snapshot.</exception>
    public async Task<EtcdSnapshot> SaveAsync(Action<long, long> progress, CancellationToken cancellationToken)
    {
        RequireSpace();
        try
        {
            DurableFile.RemoveAbandoned(Path.GetDirectoryName(target.Path)!, time.GetUtcNow());
            using var scan = new SnapshotScan();
            EtcdSnapshot snapshot;
            SnapshotManifest manifest;
            var file = DurableFile.Create(_part, source.Status.DbSize);
            await using (file.ConfigureAwait(false))
            {
                var forMuch = connection with { Dialer = connection.Dialer ?? SocketDialer.DialTcpForMuchAsync };
                using var client = forMuch.Open(source.Endpoint);
                var members = await client.MemberListAsync(linearizable: false, cancellationToken).ConfigureAwait(false);
                var download = new SnapshotDownload(client, file, scan);
                await download.RunAsync(options.Timeout, options.IdleTimeout, progress, cancellationToken).ConfigureAwait(false);
                var savedAt = time.GetUtcNow();
                file.SetLength(download.Received);

                var syncing = Task.Run(() => file.Flush(flushToDisk: true), CancellationToken.None);
                try
                {
                    snapshot = Prove(await scan.CompleteAsync(_part, cancellationToken).ConfigureAwait(false));
                }
                finally
                {
                    await syncing.ConfigureAwait(false);
                }

                manifest = Describe(snapshot, members, savedAt, download.Version);
            }

            cancellationToken.ThrowIfCancellationRequested();
            // The manifest has the name of its file, so it is written before each name that is tried.
            var path = target.Take(_part, name => WriteManifest(manifest with { File = Path.GetFileName(name) }));
            PublishManifest(path);
            return snapshot with { Path = path, Origin = manifest.Origin };
        }
        catch (SnapshotFormatException e)
        {
            throw Invalid(e.Message.Replace(_part, "the stream", StringComparison.Ordinal), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFault.From(e, target.Path, "write", NothingLeft);
        }
        finally
        {
            RemoveParts();
        }
    }

    private void RequireSpace()
    {
        var folder = Path.GetDirectoryName(target.Path)!;
        if (folder.StartsWith(@"\\", StringComparison.Ordinal)) return; // A share of Windows has no drive to ask.
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free >= source.Status.DbSize) return;
        throw new ClusterHealException(
            ErrorIds.SnapshotNoSpace,
            FaultCategory.ResourceExhausted,
            $"'{target.Path}' needs {source.Status.DbSize} bytes and its disk has {free}. Nothing was begun.",
            target.Path,
            "Free some space, or save to another disk.");
    }

    private EtcdSnapshot Prove(SnapshotInspection inspection) => inspection.Snapshot.Checksum switch
    {
        SnapshotChecksum.Verified when inspection.MetaFindings is [var finding, ..] => throw Invalid($"one of its two meta pages is damaged, {finding}"),
        SnapshotChecksum.Verified when inspection.MissingBuckets is [var bucket, ..] => throw Invalid($"it lacks the bucket '{bucket}', which every member has"),
        SnapshotChecksum.Verified => inspection.RequireSound(),
        SnapshotChecksum.Missing => throw Invalid("it ended without its checksum, so it is not whole"),
        _ => throw Invalid("its sha256 is not the one that the member computed"),
    };

    private ClusterHealException Invalid(string why, Exception? cause = null) => new(
        ErrorIds.SnapshotStreamInvalid,
        FaultCategory.VerificationFailed,
        $"What {source.Endpoint} sent is not a good snapshot: {why.TrimEnd('.')}. {NothingLeft}",
        source.Endpoint.ToString(),
        "Try again, or ask another member with -Endpoint. If it happens again, look at that member's disk and log.",
        cause);

    private SnapshotManifest Describe(
        EtcdSnapshot snapshot, MemberListResponse members, DateTimeOffset savedAt, string storageVersion)
    {
        return new SnapshotManifest
        {
            Schema = SnapshotManifest.CurrentSchema,
            File = Path.GetFileName(target.Path),
            Size = snapshot.FileSize,
            Sha256 = snapshot.Sha256!, // The download has verified it.
            Hash = snapshot.Hash,
            Revision = snapshot.Revision,
            HashKv = snapshot.HashKv,
            HashKvRevision = snapshot.HashKvRevision,
            CompactRevision = snapshot.CompactRevision,
            TotalKeys = snapshot.TotalKeys,
            LiveKeys = snapshot.LiveKeys,
            SavedAt = savedAt,
            Cause = options.Cause,
            SavedBy = $"{Environment.UserName}@{Environment.MachineName}",
            Endpoint = source.Endpoint.ToString(),
            MemberId = EtcdId.Hex(source.Status.Header.MemberId),
            ClusterId = EtcdId.Hex(source.Status.Header.ClusterId),
            ServerVersion = source.Status.Version,
            StorageVersion = storageVersion,
            Members =
            [
                .. members.Members.Select(m => new SnapshotManifestMember(
                    EtcdId.Hex(m.ID), m.Name, [.. m.PeerURLs], [.. m.ClientURLs], m.IsLearner)),
            ],
            Configuration = options.Configuration,
        };
    }

    private void WriteManifest(SnapshotManifest manifest)
    {
        File.Delete(_manifestPart);
        using var file = DurableFile.Create(_manifestPart);
        manifest.WriteTo(file);
        file.Flush(flushToDisk: true);
    }

    /// <summary>The snapshot has its name by now and stays, whatever happens here.</summary>
    private void PublishManifest(string snapshot)
    {
        var path = SnapshotManifest.PathFor(snapshot);
        try
        {
            DurableFile.Publish(_manifestPart, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFault.From(e, path, "write", $"The snapshot itself is saved as '{snapshot}', without this manifest.");
        }
    }

    private void RemoveParts()
    {
        try
        {
            File.Delete(_part);
            File.Delete(_manifestPart);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFault.From(e, _part, "remove", "It is not a snapshot; remove it by hand.");
        }
    }
}
