using System.Globalization;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Saves a snapshot that is proven: from the best member, from another where that one fails; under its final name only when the
/// checksum of the member fits, the database is sound and both are on disk. Whatever happens, nothing half made is left.
/// </summary>
/// <param name="connection">The cluster.</param>
/// <param name="options">Where to, and how long.</param>
/// <param name="time">The clock, for the dated name and the manifest.</param>
public sealed class SnapshotSaver(EtcdConnection connection, SnapshotSaveOptions options, TimeProvider time)
{
    private const string Activity = "Saving an etcd snapshot";

    /// <summary>Saves, and emits one <see cref="EtcdSnapshot"/>.</summary>
    /// <param name="sink">Takes the snapshot, progress, warnings and failures, and is asked whether to save.</param>
    /// <param name="cancellationToken">Ends it; nothing is left then.</param>
    /// <exception cref="ClusterHealException">There is no snapshot. The message says why and that nothing was left.</exception>
    public async Task RunAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var target = Target();
        RequireFree(target);
        var refused = new List<ClusterHealException>();
        var sources = await SnapshotSource.FindAsync(connection, refused.Add, cancellationToken).ConfigureAwait(false);
        if (sources.Count == 0) throw NoSource(refused, sink);
        foreach (var fault in refused) sink.Warning($"This member is left out. {fault.Message}");

        if (!await sink.ConfirmAsync(target, Plan(sources[0], target), cancellationToken).ConfigureAwait(false)) return;
        var (snapshot, source) = await SaveFromBestAsync(sources, target, sink, cancellationToken).ConfigureAwait(false);
        sink.Emit(snapshot);
        RemoveExpired(ClusterId(source), sink);
    }

    private static string ClusterId(SnapshotSource source) => source.Status.Header.ClusterId.ToString("x", CultureInfo.InvariantCulture);

    private string Target()
    {
        if (options.Path is { } path) return Path.GetFullPath(path);
        var folder = Path.GetFullPath(options.Directory!);
        var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        return Path.Combine(folder, $"etcd-{stamp}.db");
    }

    private void RequireFree(string target)
    {
        if (Directory.Exists(target)) throw Unsuitable(ErrorIds.PathNotSuitable, "is a folder", "Name a file, or use -Directory.");
        if (!Directory.Exists(Path.GetDirectoryName(target)))
        {
            throw Unsuitable(ErrorIds.PathNotFound, "lies in a folder that does not exist", "Make the folder, or mount its disk.");
        }

        if (File.Exists(target) && !options.Force)
        {
            throw Unsuitable(ErrorIds.PathExists, "exists already", "Use another name, or -Force to replace it.");
        }

        ClusterHealException Unsuitable(string id, string what, string remedy)
        {
            var category = id == ErrorIds.PathExists ? FaultCategory.AlreadyExists : FaultCategory.NotFound;
            return new ClusterHealException(id, category, $"'{target}' {what}. No snapshot was saved.", target, remedy);
        }
    }

    private string Plan(SnapshotSource source, string target)
    {
        var plan = $"Save a snapshot of about {source.Status.DbSize} bytes from {source}";
        if (options.Directory is null) return plan;
        var expired = options.Retention.Expired(Path.GetDirectoryName(target)!, ClusterId(source), time.GetUtcNow());
        return expired.Count == 0 ? plan : $"{plan}, then remove {string.Join(", ", expired.Select(Path.GetFileName))}";
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

    private async Task<(EtcdSnapshot Snapshot, SnapshotSource Source)> SaveFromBestAsync(
        IReadOnlyList<SnapshotSource> sources, string target, IOperationSink sink, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                sink.Verbose($"Taking the snapshot from {sources[i]}.");
                foreach (var alarm in sources[i].Alarms) sink.Warning($"{sources[i].Endpoint} has the alarm {alarm}.");
                var draft = new SnapshotDraft(connection, options, sources[i], target, time);
                return (await draft.SaveAsync(Report, cancellationToken).ConfigureAwait(false), sources[i]);
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

    /// <summary>True where another member may do better; a full disk is as full for the next.</summary>
    private static bool IsOfTheMember(ClusterHealException e) => e is EtcdException || e.ErrorId == ErrorIds.SnapshotStreamInvalid;

    private void RemoveExpired(string clusterId, IOperationSink sink)
    {
        if (options.Directory is null) return;
        foreach (var path in options.Retention.Expired(Path.GetFullPath(options.Directory), clusterId))
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
