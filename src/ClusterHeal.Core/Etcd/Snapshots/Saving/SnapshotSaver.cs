using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Saves a proven snapshot from the best member; if that fails, from another one. It gets its final name only when the member's checksum fits, the
/// database is valid and both are on disk. Whatever happens, no unfinished file is left.
/// </summary>
/// <param name="connection">The cluster.</param>
/// <param name="options">Where to, and how long.</param>
/// <param name="time">The clock, for the dated name and the manifest.</param>
public sealed class SnapshotSaver(EtcdConnection connection, SnapshotSaveOptions options, TimeProvider time)
{
    private const string Activity = "Saving an etcd snapshot";

    /// <summary>Saves, and emits one <see cref="EtcdSnapshot"/>.</summary>
    /// <param name="sink">Takes the snapshot, progress, warnings and failures. It is asked whether to save.</param>
    /// <param name="cancellationToken">Ends it; then nothing is left.</param>
    /// <exception cref="ClusterHealException">There is no snapshot. The message says why and that nothing was left.</exception>
    public async Task RunAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        SnapshotTarget.Check(options);
        var refused = new List<ClusterHealException>();
        var sources = await SnapshotSource.FindAsync(connection, refused.Add, cancellationToken).ConfigureAwait(false);
        if (sources.Count == 0) throw NoSource(refused, sink);
        foreach (var fault in refused) sink.Warning($"This member is left out. {fault.Message}");

        RequireOneCluster(sources);
        var target = SnapshotTarget.For(options, ClusterId(sources[0]), time.GetUtcNow());
        if (!await sink.ConfirmAsync(target.Path, Plan(sources[0], target, sink), cancellationToken).ConfigureAwait(false)) return;
        var snapshot = await SaveFromBestAsync(sources, target, sink, cancellationToken).ConfigureAwait(false);
        sink.Emit(snapshot);
        RemoveExpired(snapshot, sink);
    }

    private static string ClusterId(SnapshotSource source) => EtcdId.Hex(source.Status.Header.ClusterId);

    /// <summary>If a member fails, another one is used, and its snapshot has to be of the same cluster.</summary>
    private static void RequireOneCluster(IReadOnlyList<SnapshotSource> sources)
    {
        var clusters = sources.Select(ClusterId).Distinct().ToArray();
        if (clusters.Length == 1) return;
        throw new ClusterHealException(
            ErrorIds.EtcdNoMemberSuitable,
            FaultCategory.InvalidArgument,
            $"The endpoints are those of {clusters.Length} clusters ({string.Join(", ", clusters)}). No snapshot was saved.",
            string.Join(',', sources.Select(s => s.Endpoint)),
            "Name the members of one cluster with -Endpoint; Get-EtcdMember lists them.");
    }

    private string Plan(SnapshotSource source, SnapshotTarget target, IOperationSink sink)
    {
        var plan = $"Save a snapshot of about {source.Status.DbSize} bytes from {source}";
        var expired = Expired(ClusterId(source), target.Path, time.GetUtcNow(), sink.Warning);
        return expired.Count == 0 ? plan : $"{plan}, then remove {string.Join(", ", expired.Select(Path.GetFileName))}";
    }

    private IReadOnlyList<string> Expired(string clusterId, string saved, DateTimeOffset savedAt, Action<string> warn)
    {
        if (options.Directory is null) return [];
        var folder = Path.GetDirectoryName(saved)!;
        try
        {
            return options.Retention.Expired(folder, clusterId, saved, savedAt, warn);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFault.From(e, folder, "read", "No older snapshot was removed.");
        }
    }

    private static ClusterHealException NoSource(List<ClusterHealException> refused, IOperationSink sink)
    {
        if (refused is [var only]) return only;
        foreach (var fault in refused) sink.Fail(fault);
        return new ClusterHealException(
            ErrorIds.EtcdNoMemberSuitable,
            FaultCategory.Connection,
            $"None of the {refused.Count} endpoints can be asked for a snapshot. Nothing was saved.",
            string.Join(',', refused.Select(f => f.Target)),
            "Each endpoint's own error says why.");
    }

    private async Task<EtcdSnapshot> SaveFromBestAsync(
        IReadOnlyList<SnapshotSource> sources, SnapshotTarget target, IOperationSink sink, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                sink.Verbose($"Taking the snapshot from {sources[i]}.");
                if (sources[i].AlarmsUnseen is { } unseen)
                    sink.Warning($"Whether {sources[i].Endpoint} has an alarm, as a corrupt member would, is not known. {unseen}");
                foreach (var alarm in sources[i].Alarms) sink.Warning($"{sources[i].Endpoint} has the alarm {alarm}.");
                var partial = new PartialSnapshot(connection, options, sources[i], target, time);
                return await partial.SaveAsync(Report, cancellationToken).ConfigureAwait(false);
            }
            catch (ClusterHealException e) when (i + 1 < sources.Count && IsOfTheMember(e))
            {
                sink.Warning($"{e.Message} Trying {sources[i + 1]}.");
            }
            finally
            {
                sink.Progress(new OperationProgress(Activity, "Done") { Completed = true });
            }
        }

        void Report(long received, long remaining)
        {
            var all = received + remaining;
            var percent = all > 0 ? (int)(received * 100 / all) : 100;
            sink.Progress(new OperationProgress(Activity, $"{received / 1048576} of {all / 1048576} MiB", percent));
        }
    }

    /// <summary>True if another member may succeed. A full disk is as full for the next one.</summary>
    private static bool IsOfTheMember(ClusterHealException e) => e is EtcdException || e.ErrorId == ErrorIds.SnapshotStreamInvalid;

    private void RemoveExpired(EtcdSnapshot saved, IOperationSink sink)
    {
        var origin = saved.Origin!; // It was written with the file.
        foreach (var path in Expired(origin.ClusterId, saved.Path, origin.SavedAt, sink.Verbose))
        {
            try
            {
                File.Delete(path);
                File.Delete(SnapshotManifest.PathFor(path));
                sink.Verbose($"Removed {path}, which is older than what is kept.");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                sink.Fail(FileFault.From(e, path, "remove", "The new snapshot is saved."));
            }
        }
    }
}
