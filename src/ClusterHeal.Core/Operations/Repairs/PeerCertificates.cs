using System.Security.Cryptography;
using ClusterHeal.Common;
using ClusterHeal.Operations.Restores;

namespace ClusterHeal.Operations.Repairs;

/// <summary>Checks beforehand, from the files of both, whether a new member and the others will accept each other's certificates.</summary>
internal static class PeerCertificates
{
    /// <summary>What is wrong, each as a sentence.</summary>
    /// <param name="target">The host of the new member.</param>
    /// <param name="other">The host of a member that serves.</param>
    /// <param name="time">The clock by which certificates expire.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<IReadOnlyList<string>> FindFaultsAsync(FoundHost target, FoundHost other, TimeProvider time, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        foreach (var (shown, dialler) in new[] { (target, other), (other, target) })
        {
            foreach (var url in shown.Configuration.InitialAdvertisePeerUrls.Where(url => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase)))
            {
                var fault = await FindFaultAsync(shown, dialler, new Uri(url), time, cancellationToken).ConfigureAwait(false);
                if (fault is not null) faults.Add($"{target.Shell.HostName}: {fault}");
            }
        }

        return faults;
    }

    private static async Task<string?> FindFaultAsync(FoundHost shown, FoundHost dialler, Uri url, TimeProvider time, CancellationToken cancellationToken)
    {
        if (shown.Configuration.PeerCertFile is not { } certificate)
        {
            return $"the settings on {shown.Shell.HostName} name no peer-cert-file, and its peer URL {url} wants one.";
        }

        if (dialler.Configuration.PeerTrustedCaFile is not { } authority)
        {
            return $"the settings on {dialler.Shell.HostName} name no peer-trusted-ca-file, by which {url} could be known.";
        }

        try
        {
            var authorities = await DeadMemberEndpoint.ReadAsync(dialler.Shell, authority, cancellationToken).ConfigureAwait(false);
            using var tls = new TlsMaterial(authorities);
            var pem = await DeadMemberEndpoint.ReadAsync(shown.Shell, certificate, cancellationToken).ConfigureAwait(false);
            return DeadMemberEndpoint.Judge(pem, tls, url, time) is { } fault ? $"{fault.Message} Its peers would not let it in at {url}." : null;
        }
        catch (Exception e) when (e is ClusterHealException or CryptographicException)
        {
            return e.Message;
        }
    }
}
