namespace ClusterHeal.Operations;

/// <summary>What is good for a time: certificates and backups.</summary>
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
        if (facts.Certificates.Count == 0) return [Finding.Unknown(facts.ClusterName, "No certificate could be seen.", "Give a kubeconfig, etcd's files or the hosts.")];
        var all = facts.Certificates.DistinctBy(c => (c.Target, c.Use, c.NotAfter)).OrderBy(c => c.NotAfter).ToArray();
        var bad = all.Select(c => (Certificate: c, Left: c.NotAfter - facts.Now)).Where(c => c.Left < facts.Options.CertificateTime).Select(c =>
        {
            var target = $"{c.Certificate.Use} ({c.Certificate.Target})";
            return c.Left <= TimeSpan.Zero
                ? Finding.Fail(target, $"The certificate expired on {c.Certificate.NotAfter:u}.", c.Certificate.Renewal)
                : Finding.Warning(target, $"The certificate is good for {CertificateSurvey.Left(c.Left)} more, until {c.Certificate.NotAfter:u}.", c.Certificate.Renewal);
        });
        return Finding.OrPass(bad, facts.ClusterName, $"The first of {all.Length} certificates to end is good for {CertificateSurvey.Left(all[0].NotAfter - facts.Now)}.")
            .Select(f => f.Status == CheckStatus.Pass ? f with { Evidence = [.. all.Select(c => $"{c.NotAfter:u} {c.Use} ({c.Target})")] } : f);
    }

    private static IEnumerable<Finding> BackupAge(HealthFacts facts)
    {
        var backups = facts.Backups!;
        var others = backups.OtherClusters == 0 ? "" : $" {backups.OtherClusters} are of other clusters.";
        const string Remedy = "Save one now (Save-EtcdSnapshot), and see why the scheduled one did not run.";
        if (backups.SavedAt is not { } saved)
            return [Finding.Fail(backups.Folder, $"There is no proven snapshot of this cluster.{others}", Remedy)];
        var age = facts.Now - saved;
        return age > facts.Options.BackupAge
            ? [Finding.Fail(backups.Folder, $"The newest proven snapshot is {CertificateSurvey.Left(age)} old, and {CertificateSurvey.Left(facts.Options.BackupAge)} is the limit.{others}", Remedy, $"{saved:u} {backups.Newest}")]
            : [Finding.Pass(backups.Folder, $"The newest proven snapshot is {CertificateSurvey.Left(age)} old.{others}", $"{saved:u} {backups.Newest}")];
    }

    private static IEnumerable<Finding> RehearsalAge(HealthFacts facts)
    {
        var backups = facts.Backups!;
        const string Remedy = "Rehearse one now: Test-EtcdSnapshot -Rehearse.";
        if (backups.RehearsedAt is not { } rehearsed)
            return [Finding.Warning(backups.Folder, "A restore of these snapshots has never been rehearsed.", Remedy)];
        var age = facts.Now - rehearsed;
        return age > facts.Options.RehearsalAge
            ? [Finding.Warning(backups.Folder, $"A restore was last rehearsed {CertificateSurvey.Left(age)} ago, and {CertificateSurvey.Left(facts.Options.RehearsalAge)} is the limit.", Remedy)]
            : [Finding.Pass(backups.Folder, $"A restore was rehearsed {CertificateSurvey.Left(age)} ago.")];
    }
}
