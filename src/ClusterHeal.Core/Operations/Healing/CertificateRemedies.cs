namespace ClusterHeal.Operations.Healing;

/// <summary>The remedies that renew certificates.</summary>
internal static class CertificateRemedies
{
    /// <summary>For an expiring certificate, by the target of its check; none for one that is not the control plane's.</summary>
    public static IReadOnlyList<Remedy> Of(HealthFacts facts, CheckResult result)
    {
        var found = facts.Certificates.Seen.FirstOrDefault(seen => TimeChecks.TargetOf(seen) == result.Target);
        return found is { IsOfControlPlane: true } && facts.Hosts.Count > 0 ? [OfAll(facts)] : [];
    }

    /// <summary>For all expiring ones: one step.</summary>
    public static Remedy OfAll(HealthFacts facts)
    {
        if (facts.Hosts.Select(OperationRemedies.AtWork).FirstOrDefault(working => working is not null) is { } working) return working;
        string[] hosts = [.. facts.Hosts.Select(host => host.HostName)];
        if (facts.Hosts.FirstOrDefault(host => host.Fault is not null) is { } unseen)
        {
            return new LeftToPeople(
                $"{unseen.HostName} cannot be looked at, and a renewal needs all hosts that it is for.",
                PowerShellCommand.Of("Update-ControlPlaneCertificate", ("HostName", hosts.Where(host => host != unseen.HostName))));
        }

        return new RenewCertificates([.. hosts], facts.Certificates.Seen.Any(seen => seen.IsOfControlPlane && seen.NotAfter <= facts.Now));
    }
}
