using System.Diagnostics;
using ClusterHeal.Bolt;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Everything that a snapshot file says of itself, sound or not, and how long it took to find out.</summary>
internal sealed record SnapshotInspection
{
    /// <summary>What is in it. If there are findings or problems, what could be read.</summary>
    public required EtcdSnapshot Snapshot { get; init; }

    /// <summary>What is wrong with the meta pages.</summary>
    public required IReadOnlyList<BoltFinding> MetaFindings { get; init; }

    /// <summary>What is wrong with the other pages.</summary>
    public required BoltFindings PageFindings { get; init; }

    /// <summary>Records of the key bucket that are not what etcd writes.</summary>
    public required IReadOnlyList<string> RecordProblems { get; init; }

    /// <summary>The buckets that every member of a cluster has and this database lacks.</summary>
    public required IReadOnlyList<string> MissingBuckets { get; init; }

    /// <summary>Members and alarms that cannot be read.</summary>
    public required IReadOnlyList<string> MetadataProblems { get; init; }

    /// <summary>Whether it is what a server sent, byte for byte. Ask only if the sha256 was computed.</summary>
    public SnapshotProof Proof => SnapshotProof.Of(Snapshot.Path, new SnapshotSum(Snapshot.Sha256, Snapshot.Checksum));

    /// <summary>How long the sha256 took; zero if it came from the stream.</summary>
    public required TimeSpan HashElapsed { get; init; }

    /// <summary>How long the walk over pages and records took, beside the sha256.</summary>
    public required TimeSpan WalkElapsed { get; init; }

    /// <summary>True if etcd could not open it or would lose records.</summary>
    public bool IsDamaged => PageFindings.Count > 0 || RecordProblems.Count > 0;

    /// <summary>Inspects a file and reads its sha256 from its end.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the inspection.</param>
    /// <exception cref="SnapshotFormatException">It is empty or no database.</exception>
    /// <exception cref="ClusterHealException">It cannot be read.</exception>
    public static Task<SnapshotInspection> RunAsync(string path, CancellationToken cancellationToken) =>
        RunAsync(path, (file, _) => file.ReadSum(), Environment.ProcessorCount, cancellationToken);

    /// <summary>Inspects a file whose sha256 is known from its stream.</summary>
    /// <inheritdoc cref="RunAsync(string, CancellationToken)"/>
    public static Task<SnapshotInspection> RunAsync(string path, SnapshotSum sum, CancellationToken cancellationToken) =>
        RunAsync(path, (_, _) => sum, Environment.ProcessorCount, cancellationToken);

    /// <summary>Inspects a file and computes its sha256, on a processor of its own: that takes longer than the walk on another one.</summary>
    /// <inheritdoc cref="RunAsync(string, CancellationToken)"/>
    public static Task<SnapshotInspection> ProveAsync(string path, CancellationToken cancellationToken) =>
        RunAsync(path, (file, token) => file.ComputeSum(token), Math.Max(1, Environment.ProcessorCount - 1), cancellationToken);

    private static async Task<SnapshotInspection> RunAsync(
        string path, Func<SnapshotFile, CancellationToken, SnapshotSum> hash, int walkers, CancellationToken cancellationToken)
    {
        using var file = SnapshotFile.Open(path);
        using var other = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var hashing = Task.Run(() => HashIn(file, hash, other.Token), other.Token);
        var reading = Task.Run(() => SnapshotMetadata.Read(file.Database, other.Token), other.Token);
        var walking = Task.Run(() => Walk(file, reading, walkers, other.Token), other.Token);
        try
        {
            await (await Task.WhenAny(hashing, walking).ConfigureAwait(false)).ConfigureAwait(false);
            await Task.WhenAll(hashing, reading, walking).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFault.From(e, path, "read");
        }
        finally
        {
            // None may read on when the file is closed.
            await other.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(hashing, reading, walking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var hashed = await hashing.ConfigureAwait(false);
        var metadata = await reading.ConfigureAwait(false);
        var walked = await walking.ConfigureAwait(false);
        return new SnapshotInspection
        {
            Snapshot = Describe(file, hashed.Sum, metadata, walked.Content),
            MetaFindings = file.MetaFindings.ToList(),
            PageFindings = walked.Findings,
            RecordProblems = walked.Content.RecordProblems,
            MissingBuckets = metadata.MissingBuckets,
            MetadataProblems = metadata.Problems,
            HashElapsed = hashed.Elapsed,
            WalkElapsed = walked.Elapsed,
        };
    }

    /// <summary>The snapshot, or an error with the first thing that is wrong with it.</summary>
    /// <exception cref="SnapshotFormatException">It is damaged.</exception>
    public EtcdSnapshot RequireSound()
    {
        if (!IsDamaged) return Snapshot;
        var first = PageFindings.ToList() is [var finding, ..] ? finding : null;
        throw Damaged(Snapshot.Path, first, RecordProblems is [var problem, ..] ? problem : null, PageFindings.Count + RecordProblems.Count);
    }

    /// <summary>The error for a snapshot of which records may be missing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="finding">The first problem of its pages, or null.</param>
    /// <param name="recordProblem">The first problem of its records, which counts if the pages have none.</param>
    /// <param name="count">How many problems there are.</param>
    public static SnapshotFormatException Damaged(string path, BoltFinding? finding, string? recordProblem, int count) => new(
        ErrorIds.SnapshotDamaged, path, finding?.Offset ?? 0,
        $"it is damaged, {finding?.ToString() ?? recordProblem}{(count > 1 ? $" (the first of {count} problems)" : "")}",
        "Test-EtcdSnapshot lists all problems. " + SnapshotFile.SaveAnother);

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

    private static Hashed HashIn(SnapshotFile file, Func<SnapshotFile, CancellationToken, SnapshotSum> hash, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var sum = hash(file, cancellationToken);
        return new Hashed(sum, Stopwatch.GetElapsedTime(start));
    }

    private static Walked Walk(SnapshotFile file, Task<SnapshotMetadata> metadata, int walkers, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var findings = new BoltFindings();
        var scan = new ContentScan(file.Database, findings, () => metadata.GetAwaiter().GetResult().CompactRevision, walkers);
        var content = scan.Run(cancellationToken);
        return new Walked(content, findings, Stopwatch.GetElapsedTime(start));
    }

    private static EtcdSnapshot Describe(SnapshotFile file, SnapshotSum sum, SnapshotMetadata metadata, ContentFacts content) => new()
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
        Sha256 = sum.Sha256,
        Checksum = sum.Checksum,
        HashKv = content.HashKv,
        HashKvRevision = content.HashKvRevision,
        CompactRevision = metadata.CompactRevision,
        Members = [.. metadata.Members],
        Alarms = [.. metadata.Alarms],
        AuthEnabled = metadata.AuthEnabled,
        Leases = content.Leases,
        EncryptionProviders = content.EncryptionProviders,
        Resources = content.Resources,
        LastWriteTime = file.LastWriteTime,
    };

    private sealed record Hashed(SnapshotSum Sum, TimeSpan Elapsed);

    private sealed record Walked(ContentFacts Content, BoltFindings Findings, TimeSpan Elapsed);
}
