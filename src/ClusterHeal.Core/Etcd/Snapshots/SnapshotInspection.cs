using System.Diagnostics;
using ClusterHeal.Bolt;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Everything that a snapshot file says of itself, sound or not, and how long it took to find out.</summary>
internal sealed record SnapshotInspection
{
    /// <summary>What is in it. Where there are findings or problems, what could be read.</summary>
    public required EtcdSnapshot Snapshot { get; init; }

    /// <summary>What is wrong with the meta pages.</summary>
    public required IReadOnlyList<BoltFinding> MetaFindings { get; init; }

    /// <summary>What is wrong with the other pages.</summary>
    public required BoltFindings PageFindings { get; init; }

    /// <summary>Records of the key bucket that are not what etcd writes.</summary>
    public required IReadOnlyList<string> RecordProblems { get; init; }

    /// <summary>Members and alarms that cannot be read.</summary>
    public required IReadOnlyList<string> MetadataProblems { get; init; }

    /// <summary>How long the sha256 took; zero where it came from the stream.</summary>
    public required TimeSpan HashElapsed { get; init; }

    /// <summary>How long the walk over pages and records took, beside the sha256.</summary>
    public required TimeSpan WalkElapsed { get; init; }

    /// <summary>True where etcd could not open it or would lose records.</summary>
    public bool IsDamaged => PageFindings.Count > 0 || RecordProblems.Count > 0;

    /// <summary>Inspects a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="hash">Says its sha256, beside the walk: one of the methods of <see cref="SnapshotFile"/>, or a sum of its stream.</param>
    /// <param name="cancellationToken">Ends the inspection.</param>
    /// <exception cref="SnapshotFormatException">It is empty or no database.</exception>
    /// <exception cref="ClusterHealException">It cannot be read.</exception>
    public static async Task<SnapshotInspection> RunAsync(
        string path, Func<SnapshotFile, CancellationToken, SnapshotSum> hash, CancellationToken cancellationToken)
    {
        using var file = SnapshotFile.Open(path);
        using var other = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var hashing = Task.Run(() => Timed(() => hash(file, other.Token)), other.Token);
        var walking = Task.Run(() => Timed(() => Walk(file, other.Token)), other.Token);
        try
        {
            await (await Task.WhenAny(hashing, walking).ConfigureAwait(false)).ConfigureAwait(false);
            await Task.WhenAll(hashing, walking).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFault.From(e, path, "read");
        }
        finally
        {
            // Neither may read on when the file is closed.
            await other.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(hashing, walking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var (sum, hashElapsed) = await hashing.ConfigureAwait(false);
        var ((metadata, content, findings), walkElapsed) = await walking.ConfigureAwait(false);
        return new SnapshotInspection
        {
            Snapshot = Describe(file, metadata, content) with { Sha256 = sum.Sha256, Checksum = sum.Checksum },
            MetaFindings = file.MetaFindings.ToList(),
            PageFindings = findings,
            RecordProblems = content.RecordProblems,
            MetadataProblems = metadata.Problems,
            HashElapsed = hashElapsed,
            WalkElapsed = walkElapsed,
        };
    }

    /// <summary>The snapshot, or an error with the first thing that is wrong with it.</summary>
    /// <exception cref="SnapshotFormatException">It is damaged.</exception>
    public EtcdSnapshot RequireSound()
    {
        if (!IsDamaged) return Snapshot;
        var first = PageFindings.ToList() is [var finding, ..] ? finding : null;
        var count = PageFindings.Count + RecordProblems.Count;
        throw new SnapshotFormatException(
            ErrorIds.SnapshotDamaged, Snapshot.Path, first?.Offset ?? 0,
            $"it is damaged, {first?.ToString() ?? RecordProblems[0]}{(count > 1 ? $" (the first of {count} problems)" : "")}",
            "Test-EtcdSnapshot lists all problems. " + SnapshotFile.SaveAnother);
    }

    /// <summary>A result of a check of this snapshot.</summary>
    public CheckResult Result(string name, CheckStatus status, string message, string? remedy = null, string[]? evidence = null) => new()
    {
        Name = name,
        Target = Snapshot.Path,
        Status = status,
        Message = message,
        Remedy = remedy,
        Evidence = evidence ?? [],
    };

    private static (SnapshotMetadata Metadata, ContentFacts Content, BoltFindings Findings) Walk(SnapshotFile file, CancellationToken cancellationToken)
    {
        var metadata = SnapshotMetadata.Read(file.Database, cancellationToken);
        var findings = new BoltFindings();
        var scan = new ContentScan(file.Database, findings, metadata.CompactRevision, Environment.ProcessorCount);
        var content = scan.Run(cancellationToken);
        return (metadata, content, findings);
    }

    private static EtcdSnapshot Describe(SnapshotFile file, SnapshotMetadata metadata, ContentFacts content) => new()
    {
        Path = file.Path,
        Hash = content.StatusHash,
        Revision = content.Revision,
        TotalKeys = content.TotalKeys,
        LiveKeys = content.LiveKeys,
        Size = (long)file.Database.Size,
        FileSize = file.Length,
        PageSize = file.Database.PageSize,
        Version = metadata.Version,
        ClusterVersion = metadata.ClusterVersion,
        Sha256 = null,
        Checksum = SnapshotChecksum.Missing,
        HashKv = content.HashKv,
        HashKvRevision = content.HashKvRevision,
        CompactRevision = metadata.CompactRevision,
        Members = [.. metadata.Members],
        Alarms = [.. metadata.Alarms],
        AuthEnabled = metadata.AuthEnabled,
        Leases = content.Records.GetValueOrDefault("lease"),
        EncryptionProviders = content.EncryptionProviders,
        Resources = content.Resources,
        LastWriteTime = file.LastWriteTime,
    };

    private static (T Result, TimeSpan Elapsed) Timed<T>(Func<T> work)
    {
        var start = Stopwatch.GetTimestamp();
        return (work(), Stopwatch.GetElapsedTime(start));
    }
}
