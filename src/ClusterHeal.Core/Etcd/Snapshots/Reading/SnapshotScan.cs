namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Proves a snapshot while it is saved. Its bytes pass through <see cref="Append"/> on their way to the file; when all are written,
/// <see cref="CompleteAsync"/> walks the file, which is still in the system's cache then, on all processors.
/// </summary>
internal sealed class SnapshotScan : IDisposable
{
    private readonly SnapshotHash _hash = new();

    /// <summary>Takes the next bytes of the file, the checksum at its end included, in blocks of any size.</summary>
    public void Append(ReadOnlySpan<byte> block) => _hash.Append(block);

    /// <summary>
    /// Walks the file that was written and says all that is known of it. It needs no more than the bytes to be written; syncing them to
    /// the disk may go on meanwhile. Call it once.
    /// </summary>
    /// <param name="path">The file: the <c>.part</c>, before it gets its final name.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public Task<SnapshotInspection> CompleteAsync(string path, CancellationToken cancellationToken)
    {
        var sum = _hash.Complete();
        return SnapshotInspection.RunAsync(path, sum, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
