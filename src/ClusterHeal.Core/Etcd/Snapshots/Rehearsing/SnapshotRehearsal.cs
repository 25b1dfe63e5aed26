using System.Diagnostics;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Rehearses the restore of a snapshot: creates the data directory of a member in a private temporary folder and reads it back. If the machine has an
/// etcd, that starts on the directory and is asked for the hash of all keys. Afterwards everything is deleted.
/// </summary>
/// <param name="searchPath">Where an etcd is looked for: folders, as in the variable PATH.</param>
/// <param name="sink">Is told about the progress.</param>
public sealed class SnapshotRehearsal(string? searchPath, IOperationSink sink)
{
    /// <summary>How long etcd may take to start, and then to hash all keys.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Where the private folder is made.</summary>
    public string TempFolder { get; init; } = Path.GetTempPath();

    /// <summary>Rehearses one snapshot.</summary>
    /// <param name="inspection">The snapshot.</param>
    /// <param name="cancellationToken">Stops it; then everything is deleted.</param>
    /// <returns>The check <c>Restore</c>; and if it passed and there is an etcd, the check <c>Boot</c>.</returns>
    internal async Task<IReadOnlyList<CheckResult>> RunAsync(SnapshotInspection inspection, CancellationToken cancellationToken)
    {
        var program = ProgramPath.Find("etcd", searchPath ?? "");
        var version = program is null ? null : await RehearsalServer.ReadVersionAsync(program, cancellationToken).ConfigureAwait(false);
        var needed = EtcdVersions.ParseMinor(inspection.Snapshot.ClusterVersion);
        var fits = version is not null && (needed is null || version >= needed);
        using var temporary = NewFolder();
        var folder = temporary.Path;
        var restored = await RestoreAsync(inspection, DataIn(folder), fits ? version : null, cancellationToken).ConfigureAwait(false);
        if (restored.Status != CheckStatus.Pass) return [restored];
        if (program is null) return [restored with { Message = $"{restored.Message} No etcd is on the PATH that could start on it." }];
        if (fits) return [restored, await BootAsync(inspection, program, folder, cancellationToken).ConfigureAwait(false)];
        var why = version is null ? "does not say its version" : $"is {version}, and the snapshot needs {needed}";
        var remedy = $"Put an etcd {needed} first on the PATH.";
        return [restored, inspection.Result("Boot", CheckStatus.Unknown, $"No etcd was started on it: '{program}' {why}.", remedy)];
    }

    private async Task<CheckResult> RestoreAsync(
        SnapshotInspection inspection, string dataDirectory, Version? targetVersion, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var snapshot = inspection.Snapshot;
        try
        {
            var spec = new RestoreSpec
            {
                Cluster = InitialCluster.Parse(RehearsalServer.InitialCluster, InitialCluster.DefaultToken),
                TargetVersion = targetVersion,
                SkipHashCheck = snapshot.Checksum == SnapshotChecksum.Missing,
            };
            using var restore = await SnapshotRestore.OpenAsync(snapshot.Path, spec, cancellationToken).ConfigureAwait(false);
            var target = new RestoreTarget(RehearsalServer.MemberName, dataDirectory);
            var made = (await restore.RestoreAsync([target], sink, TimeProvider.System, cancellationToken).ConfigureAwait(false))[0];
            var database = Path.Combine(dataDirectory, "member", "snap", "db");
            var back = await SnapshotInspection.RunAsync(database, cancellationToken).ConfigureAwait(false);
            var read = back.RequireSound();
            var same = (read.HashKv, read.HashKvRevision) == (snapshot.HashKv, snapshot.HashKvRevision);
            return inspection.Result(
                "Restore", same ? CheckStatus.Pass : CheckStatus.Fail,
                same
                    ? $"Restored in {made.Duration.TotalSeconds:0.0} s to {made.DatabaseSize} bytes, "
                        + $"with the same keys and values at revision {read.HashKvRevision}."
                    : $"What was restored has HashKV {read.HashKv} at revision {read.HashKvRevision}, "
                        + $"the snapshot {snapshot.HashKv} at {snapshot.HashKvRevision}.",
                same ? null : SnapshotFile.SaveAnother,
                [.. made.Repairs.Select(repair => repair.Message)]) with
            { Elapsed = Stopwatch.GetElapsedTime(start) };
        }
        catch (ClusterHealException e)
        {
            // A full disk says nothing about the snapshot.
            var damaged = e is SnapshotFormatException || e.Category == FaultCategory.VerificationFailed;
            return inspection.Result("Restore", damaged ? CheckStatus.Fail : CheckStatus.Unknown, e.Message, e.Remedy) with
            {
                Elapsed = Stopwatch.GetElapsedTime(start),
            };
        }
    }

    private async Task<CheckResult> BootAsync(
        SnapshotInspection inspection, string program, string folder, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var server = RehearsalServer.Start(program, folder, DataIn(folder), Timeout);
        await using (server.ConfigureAwait(false))
        {
            var answer = await AskAsync(server, inspection, program, cancellationToken).ConfigureAwait(false);
            return answer with { Elapsed = Stopwatch.GetElapsedTime(start) };
        }
    }

    private async Task<CheckResult> AskAsync(
        RehearsalServer server, SnapshotInspection inspection, string program, CancellationToken cancellationToken)
    {
        if (!await server.IsServingAsync(Timeout, cancellationToken).ConfigureAwait(false))
        {
            var (status, what) = server.HasExited
                ? (CheckStatus.Fail, "ended at its start")
                : (CheckStatus.Unknown, $"did not answer within {Timeout.TotalSeconds:0} s");
            var message = $"'{program}' {what} on the restored directory.";
            return inspection.Result("Boot", status, message, "Its last words are the evidence.", server.LastWords);
        }

        var compared = await new LiveComparison(server.Connection, inspection).RunAsync(cancellationToken).ConfigureAwait(false);
        return compared.Status == CheckStatus.Pass
            ? inspection.Result("Boot", CheckStatus.Pass,
                $"'{program}' starts on it and has the same keys and values at revision {inspection.Snapshot.HashKvRevision}.", null, [.. compared.Evidence])
            : inspection.Result("Boot", compared.Status, $"'{program}' starts on it. {compared.Message}", compared.Remedy, [.. compared.Evidence]);
    }

    private static string DataIn(string folder) => Path.Combine(folder, "data");

    private TemporaryFolder NewFolder()
    {
        try
        {
            return TemporaryFolder.Create("rehearsal", TempFolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFault.From(e, TempFolder, "make a folder in", "Nothing was rehearsed.");
        }
    }
}
