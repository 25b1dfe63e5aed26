using System.Globalization;

namespace ClusterHeal;

/// <summary>What a renewal of certificates will do, computed from the hosts before anything is touched.</summary>
public sealed record CertificateRenewalPlan
{
    /// <summary>The id of the operation. It is in the names of the journals, of the folder on each host and of the files that are moved aside.</summary>
    public required string OperationId { get; init; }

    /// <summary>The cluster, as the user calls it.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The hosts.</summary>
    public required ItemCollection<string> HostName { get; init; }

    /// <summary>The certificates that are renewed.</summary>
    public required ItemCollection<ControlPlaneCertificate> Certificates { get; init; }

    /// <summary>The components that are restarted, in their order: <c>Etcd on kubem00</c>.</summary>
    public required ItemCollection<string> Restarts { get; init; }

    /// <summary>How long a host waits for the operator before it recovers by itself.</summary>
    public required TimeSpan HealAfter { get; init; }

    /// <summary>What the user has to know or do besides.</summary>
    public ItemCollection<string> Notes { get; init; } = [];

    /// <summary>The plan as sentences, one step each.</summary>
    public ItemCollection<string> Steps => [.. Describe()];

    private IEnumerable<string> Describe()
    {
        foreach (var certificate in Certificates)
        {
            yield return $"Renew {certificate.HostName}:{certificate.Path} ({certificate.Subject}, signed by {certificate.Issuer}): "
                + $"it ends at {certificate.NotAfter:u}, the new one at {certificate.RenewedUntil:u}.";
        }

        if (Restarts.Count > 0)
        {
            yield return $"Restart one after the other, each proven before the next: {string.Join(", ", Restarts)}.";
            yield return string.Create(CultureInfo.InvariantCulture, $"Each host recovers by itself if nobody comes back within {HealAfter:g}.");
        }

        yield return $"The former files are kept beside the new ones, as '*.clusterheal-{OperationId}.old'.";
        foreach (var note in Notes) yield return note;
        yield return "The same command goes on with a renewal that was interrupted.";
    }

    /// <summary>One line.</summary>
    public override string ToString() => $"renewal of {Certificates.Count} certificates on {string.Join(", ", HostName)} ({ClusterName})";
}
