namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Tests snapshot files. A negative answer is a result, never an error.</summary>
public static class SnapshotTester
{
    /// <summary>Tests one file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="connection">The cluster whose live members it is compared with, or null.</param>
    /// <param name="rehearsal">Restores it as a test, or null for none.</param>
    /// <param name="cancellationToken">Ends the test.</param>
    /// <returns>One result for each check.</returns>
    /// <exception cref="ClusterHealException">The file cannot be read at all.</exception>
    public static async Task<IReadOnlyList<CheckResult>> TestAsync(
        string path, EtcdConnection? connection, SnapshotRehearsal? rehearsal, CancellationToken cancellationToken)
    {
        SnapshotInspection inspection;
        try
        {
            inspection = await SnapshotInspection.ProveAsync(path, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (SnapshotFormatException e)
        {
            return [new CheckResult { Name = "File", Target = path, Status = CheckStatus.Fail, Message = e.Message, Remedy = e.Remedy }];
        }

        List<CheckResult> own =
        [
            CheckFile(inspection),
            CheckSum(inspection),
            CheckMeta(inspection),
            CheckPages(inspection),
            CheckBuckets(inspection),
            CheckRevisions(inspection),
            CheckMembers(inspection),
            CheckAlarms(inspection),
        ];
        List<CheckResult> results = [.. own];
        if (connection is not null)
            results.Add(await new LiveComparison(connection, inspection).RunAsync(cancellationToken).ConfigureAwait(false));
        if (rehearsal is null) return results;
        var rehearsed = await rehearsal.RunAsync(inspection, cancellationToken).ConfigureAwait(false);
        // A rehearsal proves that a restore works, not that the values are the saved ones.
        if (IsProven(own) && IsProven(rehearsed)) SnapshotManifest.NoteRehearsal(path, TimeProvider.System.GetUtcNow());
        return [.. results, .. rehearsed];
    }

    /// <summary>
    /// The answer in one word: nothing failed, and every check could see what it needed. A file without any checksum is not proven, because nobody
    /// can see whether its values were changed.
    /// </summary>
    public static bool IsProven(IEnumerable<CheckResult> results) => results.All(r => r.Status is CheckStatus.Pass or CheckStatus.Warning);

    private static CheckResult CheckFile(SnapshotInspection inspection)
    {
        var snapshot = inspection.Snapshot;
        return snapshot.FileSize < snapshot.Size
            ? inspection.Result("File", CheckStatus.Fail,
                $"It ends after {snapshot.FileSize} of the {snapshot.Size} bytes that its database has: it was cut.", SnapshotFile.SaveAnother)
            : inspection.Result("File", CheckStatus.Pass,
                $"It is a database of {snapshot.Size} bytes in pages of {snapshot.PageSize}, at revision {snapshot.Revision} "
                + $"with {snapshot.LiveKeys} keys.");
    }

    private static CheckResult CheckSum(SnapshotInspection inspection)
    {
        var proof = inspection.Proof;
        var status = proof.Holds switch
        {
            true => proof.IsOfAnotherManifest ? CheckStatus.Warning : CheckStatus.Pass,
            false => CheckStatus.Fail,
            null => CheckStatus.Unknown,
        };
        return inspection.Result("Checksum", status, proof.Message, proof.Remedy) with { Elapsed = inspection.HashElapsed };
    }

    private static CheckResult CheckMeta(SnapshotInspection inspection) => inspection.MetaFindings.Count == 0
        ? inspection.Result("MetaPages", CheckStatus.Pass, "Both meta pages are whole.")
        : inspection.Result("MetaPages", CheckStatus.Fail,
            "One of the two meta pages is damaged. No server sends that. The other one was used, which may be that of an older transaction.",
            SnapshotFile.SaveAnother, [.. inspection.MetaFindings.Select(f => f.ToString())]);

    private static CheckResult CheckPages(SnapshotInspection inspection)
    {
        var findings = inspection.PageFindings;
        var result = findings.Count == 0
            ? inspection.Result("Pages", CheckStatus.Pass, "Every page is used once, in bounds and in order.")
            : inspection.Result("Pages", CheckStatus.Fail, $"{findings.Count} problems; the first: {findings.ToList()[0]}.",
                SnapshotFile.SaveAnother, [.. findings.ToList().Select(f => f.ToString())]);
        return result with { Elapsed = inspection.WalkElapsed };
    }

    private static CheckResult CheckBuckets(SnapshotInspection inspection) => inspection.MissingBuckets.Count == 0
        ? inspection.Result("Buckets", CheckStatus.Pass, "It has the buckets that every member has.")
        : inspection.Result("Buckets", CheckStatus.Fail,
            $"It lacks what every member has: the buckets {string.Join(", ", inspection.MissingBuckets)}.", SnapshotFile.SaveAnother);

    private static CheckResult CheckRevisions(SnapshotInspection inspection) => inspection.RecordProblems.Count == 0
        ? inspection.Result("Revisions", CheckStatus.Pass,
            $"All records are revisions in ascending order, up to {inspection.Snapshot.Revision}.")
        : inspection.Result("Revisions", CheckStatus.Fail, $"Records are not what etcd writes: {inspection.RecordProblems[0]}.",
            SnapshotFile.SaveAnother, [.. inspection.RecordProblems]);

    private static CheckResult CheckMembers(SnapshotInspection inspection)
    {
        var members = inspection.Snapshot.Members;
        string[] evidence = [.. members.Select(m => m.ToString()), .. inspection.MetadataProblems];
        if (inspection.MetadataProblems.Count > 0)
            return inspection.Result("Members", CheckStatus.Fail, $"{inspection.MetadataProblems[0]}.", SnapshotFile.SaveAnother, evidence);
        return members.Length > 0
            ? inspection.Result("Members", CheckStatus.Pass,
                $"Members at the time: {string.Join(", ", members.Select(m => m.ToString()))}.", evidence: evidence)
            : inspection.Result("Members", CheckStatus.Warning, "It names no member: it does not come from a running cluster.",
                "Say the members when you restore it.");
    }

    private static CheckResult CheckAlarms(SnapshotInspection inspection)
    {
        var alarms = inspection.Snapshot.Alarms;
        return alarms.Length == 0
            ? inspection.Result("Alarms", CheckStatus.Pass, "No alarm was raised.")
            : inspection.Result("Alarms", CheckStatus.Warning,
                "It was taken under an alarm, which comes back with it: under NOSPACE a cluster takes no writes.",
                "Restore it with Restore-EtcdSnapshot, which leaves alarms out, or run 'etcdctl alarm disarm' after a restore by etcdutl.",
                [.. alarms.Select(a => a.ToString())]);
    }
}
