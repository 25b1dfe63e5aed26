namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Looks into snapshot files.</summary>
public static class SnapshotInspector
{
    /// <summary>Says what is in a snapshot file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sink">Gets the snapshot, and a warning about what is not proven.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SnapshotFormatException">It is empty, no database, or damaged.</exception>
    /// <exception cref="ClusterHealException">It cannot be read.</exception>
    public static async Task InspectAsync(string path, IOperationSink sink, CancellationToken cancellationToken)
    {
        var inspection = await SnapshotInspection.RunAsync(path, hash: null, cancellationToken).ConfigureAwait(false);
        var snapshot = inspection.RequireSound();
        foreach (var finding in inspection.MetaFindings) sink.Warning($"'{path}': {finding}.");
        if (snapshot.Checksum == SnapshotChecksum.Wrong)
            sink.Warning($"'{path}' is not what the server sent: its sha256 does not fit the one at its end. Test-EtcdSnapshot says more.");
        sink.Emit(snapshot);
    }
}
