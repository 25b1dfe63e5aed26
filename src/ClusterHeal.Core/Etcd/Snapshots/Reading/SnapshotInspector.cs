namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Looks into snapshot files.</summary>
public static class SnapshotInspector
{
    /// <summary>
    /// Says what is in a snapshot file, and where it comes from by the manifest beside it. Its pages are all checked; its sha256 is read
    /// from its end and not computed.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="sink">Gets the snapshot, and a warning if one of its meta pages is damaged or it is not what its manifest describes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SnapshotFormatException">It is empty, no database, or damaged.</exception>
    /// <exception cref="ClusterHealException">It cannot be read.</exception>
    public static async Task InspectAsync(string path, IOperationSink sink, CancellationToken cancellationToken)
    {
        var inspection = await SnapshotInspection.RunAsync(path, cancellationToken).ConfigureAwait(false);
        var snapshot = inspection.RequireSound();
        foreach (var finding in inspection.MetaFindings) sink.Warning($"'{path}': {finding}.");
        var manifest = SnapshotManifest.Read(path);
        var difference = manifest?.DifferenceTo(snapshot);
        if (difference is not null) sink.Warning($"'{path}' is not the file that its manifest describes: {difference}. Test-EtcdSnapshot proves it or not.");
        sink.Emit(snapshot with { Origin = difference is null ? manifest?.Origin : null });
    }
}
