using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Certificates;

/// <summary>The state before a renewal, and the new certificates made from it. Nothing is changed yet.</summary>
/// <param name="hosts">The hosts.</param>
/// <param name="files">The new files.</param>
/// <param name="now">The time.</param>
internal sealed class RenewalGround(IReadOnlyList<RenewalHostGround> hosts, IReadOnlyList<RenewedFile> files, DateTimeOffset now)
{
    public IReadOnlyList<RenewalHostGround> Hosts => hosts;

    public IReadOnlyList<RenewedFile> Files => files;

    /// <summary>The components and files in the order in which they are worked on.</summary>
    public IReadOnlyList<RenewalGroup> Groups { get; } = RenewalGroup.Of(hosts, files);

    /// <summary>When the hosts were examined.</summary>
    public DateTimeOffset Now => now;

    /// <summary>
    /// True if members of etcd refuse each other because certificates have expired. Then a restarted member serves only once a majority has new ones.
    /// </summary>
    public bool EtcdIsCutOff { get; } = hosts.Any(host => host.Etcd is not null)
        && (hosts.All(host => !host.EtcdServes)
            || hosts.Any(host => host.Certificates.Any(certificate => certificate.Path == host.Etcd?.PeerCertFile && certificate.NotAfter <= now)));

    /// <summary>Examines all hosts, finds what expires, and signs it again.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="shells">The hosts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">The renewal would fail.</exception>
    public static async Task<RenewalGround> LookAsync(
        CertificateRenewalRequest request, IReadOnlyList<IHostShell> shells, TimeProvider time, CancellationToken cancellationToken)
    {
        var hosts = await RenewalRules.RequireAllAsync(
            shells.Zip(request.Hosts).Select(pair => RenewalHostGround.LookAsync(pair.First, pair.Second, time, cancellationToken)).ToArray()).ConfigureAwait(false);
        var now = time.GetUtcNow();
        var faults = RenewalRules.OfHosts(hosts).ToList();
        var files = new List<RenewedFile>();
        using var authorities = new SigningAuthorities(hosts);
        foreach (var certificate in hosts.SelectMany(host => host.Certificates).Where(certificate => certificate.NotAfter < now + request.Within))
        {
            var (authority, whyNot) = await authorities.FindAsync(certificate, cancellationToken).ConfigureAwait(false);
            whyNot ??= authority!.NotAfter.ToUniversalTime() <= certificate.NotAfter || RenewedFile.EndOf(authority, now) <= now
                ? $"its authority '{authority.Subject}' itself ends at {authority.NotAfter.ToUniversalTime():u}, and has to be renewed first"
                : RenewedCertificate.WhyNoKey(certificate.Certificate);
            var file = whyNot is null ? RenewedFile.Make(certificate, authority!, now) : null;
            if (file is not null) files.Add(file);
            else faults.Add($"{certificate} cannot be renewed here: {whyNot ?? "its file is of a form in which it cannot be exchanged"}.");
        }

        var ground = new RenewalGround(hosts, files, now);
        RenewalRules.Check(ground, faults);
        return ground;
    }
}
