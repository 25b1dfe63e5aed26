using ClusterHeal.Bolt;
using ClusterHeal.Wal;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Reads what a restore wrote as a server reads it at its start: every page, every record, the log and the raft snapshot.</summary>
/// <param name="Records">The records of all revisions.</param>
/// <param name="Revision">The last of them.</param>
internal sealed record RestoreReadback(long Records, long Revision)
{
    /// <summary>Reads a database.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cluster">The cluster that it was written for.</param>
    /// <param name="targetVersion">The version of the servers.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ClusterHealException">No server would start on it.</exception>
    public static RestoreReadback ReadDatabase(string path, InitialCluster cluster, Version targetVersion, CancellationToken cancellationToken)
    {
        using var file = SnapshotFile.Open(path);
        var findings = new BoltFindings();
        var walk = new BoltWalk(file.Database, findings);
        var check = new ServerStartCheck(cluster, targetVersion);
        var pages = walk.NewTreeWalk();
        try
        {
            foreach (var bucket in walk.ReadBuckets())
            {
                check.Begin(System.Text.Encoding.UTF8.GetString(bucket.Name));
                foreach (var part in walk.Split(bucket, 1)) walk.Visit(part, check, pages, cancellationToken);
            }

            walk.Finish(cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Failed(e.Message);
        }

        check.Finish();
        if (file.MetaFindings.ToList().Concat(findings.ToList()).FirstOrDefault() is { } finding) throw Failed($"it is damaged, {finding}");
        return check.Problem is { } problem ? throw Failed(problem) : new RestoreReadback(check.Records, check.Revision);

        ClusterHealException Failed(string why) => Unreadable($"database that was written of the snapshot", path, why);
    }

    /// <summary>Reads the log and the raft snapshot of a member.</summary>
    /// <param name="log">The head of the log's file, with at least one byte after the records.</param>
    /// <param name="snap">The whole raft snapshot's file.</param>
    /// <param name="bootstrap">What should have been written.</param>
    /// <exception cref="ClusterHealException">They are not what should have been written, or a server could not read them.</exception>
    public static void CheckBootstrap(ReadOnlyMemory<byte> log, ReadOnlyMemory<byte> snap, MemberBootstrap bootstrap)
    {
        try
        {
            var (reader, records) = (new WalSegmentReader(log), 0);
            while (reader.Read() is not null) records++;
            if (records == 0 || reader.Offset != bootstrap.WalHead.Length || !log.Span.StartsWith(bootstrap.WalHead.Span))
            {
                throw Unreadable("log", bootstrap.WalFileName, $"it has {records} record(s) in {reader.Offset} bytes, and {bootstrap.WalHead.Length} bytes were written");
            }

            var read = SnapFile.Decode(snap.Span);
            if (SnapFile.FileName(read.Metadata.Term, read.Metadata.Index) != bootstrap.SnapFileName || !snap.Span.SequenceEqual(bootstrap.Snap.Span))
            {
                throw Unreadable("raft snapshot", bootstrap.SnapFileName, "it is not the one that was written");
            }
        }
        catch (WalFormatException e)
        {
            throw Unreadable("log or the raft snapshot", bootstrap.WalFileName, e.Message);
        }
    }

    private static ClusterHealException Unreadable(string what, string path, string why) => new(
        ErrorIds.RestoreNotReadable,
        FaultCategory.VerificationFailed,
        $"No etcd would start on the {what}: {why}. Nothing was put in place.",
        path,
        "The snapshot is damaged, though its pages are whole, or this machine's disk is. " + SnapshotFile.SaveAnother);
}
