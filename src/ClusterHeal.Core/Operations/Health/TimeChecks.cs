using System.Globalization;

namespace ClusterHeal.Operations;

/// <summary>What is valid for a limited time: certificates and backups.</summary>
internal static class TimeChecks
{
    public static IReadOnlyList<HealthCheck> All { get; } =
    [
        new(HealthArea.Certificates, "Certificates", HealthSource.Any, Certificates),
        new(HealthArea.Backups, "BackupAge", HealthSource.Backups, BackupAge),
        new(HealthArea.Backups, "RehearsalAge", HealthSource.Backups, RehearsalAge),
    ];

    private static IEnumerable<Finding> Certificates(HealthFacts facts)
    {
        var (seen, unseen) = facts.Certificates;
        if (unseen.Count > 0) yield return Unseen(unseen, facts.ClusterName);
        if (seen.Count == 0)
        {
            const string Remedy = "Give a kubeconfig, etcd's files or the hosts.";
            yield return Finding.Unknown(facts.ClusterName, "No certificate could be seen.", Remedy);
            yield break;
        }

        var all = seen.DistinctBy(c => (c.Target, c.Use, c.NotAfter)).OrderBy(c => c.NotAfter).ToArray();
        foreach (var certificate in all.TakeWhile(c => c.NotAfter - facts.Now < facts.Options.CertificateTime))
        {
            var (target, left) = (TargetOf(certificate), certificate.NotAfter - facts.Now);
            yield return left <= TimeSpan.Zero
                ? Finding.Fail(target, $"The certificate expired on {certificate.NotAfter:u}.", certificate.Renewal)
                : Finding.Warning(
                    target, $"The certificate is good for {Left(left)} more, until {certificate.NotAfter:u}.", certificate.Renewal);
        }

        if (all[0].NotAfter - facts.Now < facts.Options.CertificateTime) yield break;
        yield return Finding.Pass(
            facts.ClusterName,
            $"The first of {all.Length} certificates to end is good for {Left(all[0].NotAfter - facts.Now)}.",
            [.. all.Select(c => $"{c.NotAfter:u} {c.Use} ({c.Target})")]);
    }

    /// <summary>The name of a certificate in results.</summary>
    public static string TargetOf(CertificateFacts certificate) => $"{certificate.Use} ({certificate.Target})";

    private static Finding Unseen(IReadOnlyList<UnseenCertificate> certificates, string cluster)
    {
        const int Named = 3;
        var names = string.Join(", ", certificates.Take(Named).Select(c => $"{c.Use} ({c.Target})"));
        var more = certificates.Count > Named ? $" and {certificates.Count - Named} more" : "";
        return Finding.Unknown(
            cluster,
            $"{certificates.Count} certificates could not be seen: {names}{more}.",
            "The evidence says why. Ask from where the servers can be reached, and read files with -Sudo (Connect-Cluster).",
            [.. certificates.Select(c => $"{c.Use} ({c.Target}): {c.Obstacle}")]) with
        {
            IsScope = true,
        };
    }

    private static IEnumerable<Finding> BackupAge(HealthFacts facts)
    {
        var backups = facts.Backups!;
        if (backups.WhoseIsUnknown) return [WhoseIsUnknown(backups)];
        var others = (backups.OtherClusters == 0 ? "" : $" {backups.OtherClusters} are of other clusters.")
            + (backups.FromTheFuture == 0 ? "" : $" {backups.FromTheFuture} have a date in the future, and say nothing about their age.");
        const string Remedy = "Save one now (Save-EtcdSnapshot), and see why the scheduled one did not run.";
        if (backups.SavedAt is not { } saved)
            return [Finding.Fail(backups.Folder, $"There is no proven snapshot of this cluster.{others}", Remedy)];
        var (age, limit) = (facts.Now - saved, facts.Options.BackupAge);
        var said = $"The newest proven snapshot is {Left(age)} old";
        var evidence = $"{saved:u} {backups.Newest}";
        return age > limit
            ? [Finding.Fail(backups.Folder, $"{said}, and {Left(limit)} is the limit.{others}", Remedy, evidence)]
            : [Finding.Pass(backups.Folder, $"{said}.{others}", evidence)];
    }

    private static IEnumerable<Finding> RehearsalAge(HealthFacts facts)
    {
        var backups = facts.Backups!;
        if (backups.WhoseIsUnknown) return [WhoseIsUnknown(backups)];
        const string Remedy = "Rehearse one now: Test-EtcdSnapshot -Rehearse.";
        if (backups.RehearsedAt is not { } rehearsed)
            return [Finding.Warning(backups.Folder, "A restore of these snapshots has never been rehearsed.", Remedy)];
        var (age, limit) = (facts.Now - rehearsed, facts.Options.RehearsalAge);
        return age > limit
            ? [Finding.Warning(backups.Folder, $"A restore was last rehearsed {Left(age)} ago, and {Left(limit)} is the limit.", Remedy)]
            : [Finding.Pass(backups.Folder, $"A restore was rehearsed {Left(age)} ago.")];
    }

    private static Finding WhoseIsUnknown(BackupFacts backups) => Finding.Unknown(
        backups.Folder,
        $"The {backups.OtherClusters} snapshots are of several clusters, and which is this one is not known: etcd was not reached.",
        "Give etcd's endpoints or the control-plane hosts (Connect-Cluster), or a folder of this cluster alone.");

    /// <summary>How much time is left, or has passed, for people.</summary>
    public static string Left(TimeSpan time) => time.TotalDays >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0} days")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} hours");
}
