namespace ClusterHeal.Operations.Healing;

/// <summary>What renews certificates.</summary>
internal static class CertificateRemedies
{
    /// <summary>For a certificate that runs out, by the target of its check; none for those that are not the control plane's own.</summary>
    public static IReadOnlyList<Remedy> Of(HealthFacts facts, CheckResult result)
    {
        var found = facts.Certificates.Seen.FirstOrDefault(seen => TimeChecks.TargetOf(seen) == result.Target);
        return found is { IsOfControlPlane: true } && facts.Hosts.Count > 0 ? [OfAll(facts)] : [];
    }

    /// <summary>For all that run out: one step.</summary>
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
