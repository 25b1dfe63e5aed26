using System.Security;

namespace ClusterHeal;

/// <summary>A password and the hosts that it was given for.</summary>
/// <param name="Value">The password.</param>
/// <param name="Hosts">The hosts; null for all of the call in which it was given.</param>
internal sealed record HostSecret(SecureString Value, IReadOnlyList<string>? Hosts)
{
    /// <summary>The password, if it was given for this host.</summary>
    public SecureString? For(string hostName) => Hosts is null || Hosts.Any(host => HostNames.AreSame(host, hostName)) ? Value : null;
}
