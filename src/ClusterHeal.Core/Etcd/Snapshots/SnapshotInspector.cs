namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Looks into snapshot files.</summary>
public static class SnapshotInspector
{
    /// <summary>Says what is in a snapshot file. Its pages are all checked; its sha256 is read from its end and not compared.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sink">Gets the snapshot, and a warning if one of its meta pages is damaged.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SnapshotFormatException">It is empty, no database, or damaged.</exception>
    /// <exception cref="ClusterHealException">It cannot be read.</exception>
    public static async Task InspectAsync(string path, IOperationSink sink, CancellationToken cancellationToken)
    {
        var inspection = await SnapshotInspection.RunAsync(path, (file, _) => file.ReadSum(), cancellationToken).ConfigureAwait(false);
        var snapshot = inspection.RequireSound();
        foreach (var finding in inspection.MetaFindings) sink.Warning($"'{path}': {finding}.");
        sink.Emit(snapshot);
    }
}
