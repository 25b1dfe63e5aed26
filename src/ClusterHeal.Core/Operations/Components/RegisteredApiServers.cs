using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Operations;

/// <summary>
/// What etcd knows about API servers: the leases that most of them renew there (<c>/registry/masterleases/</c>), from which the service
/// <c>kubernetes</c> gets its endpoints. With <c>--endpoint-reconciler-type=none</c> a server writes none. If all advertise one address, there is
/// only one.
/// </summary>
/// <param name="Addresses">The addresses that the leases name.</param>
/// <param name="MemberHosts">The hosts in the URLs of etcd's members. On most control planes each of them has an API server.</param>
/// <param name="Reason">Why etcd could not be asked; null if it could.</param>
internal sealed record RegisteredApiServers(IReadOnlyList<string> Addresses, IReadOnlyList<string> MemberHosts, string? Reason)
{
    /// <summary>Asks etcd.</summary>
    /// <param name="shell">A host from which etcd is reached.</param>
    /// <param name="server">Its API server, whose flags say how to reach etcd.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<RegisteredApiServers> AskAsync(IHostShell shell, ComponentStatus server, CancellationToken cancellationToken)
    {
        if (server.Flag("--etcd-servers") is not { } servers) return Unknown("its flags name no etcd");
        try
        {
            var etcd = await EtcdHost.ConnectAsync(
                shell,
                EtcdEndpoint.ParseMany(servers),
                server.Flag("--etcd-cafile"),
                server.Flag("--etcd-certfile"),
                server.Flag("--etcd-keyfile"),
                cancellationToken).ConfigureAwait(false);
            using var tls = etcd.Tls;
            using var client = etcd.Open(etcd.Endpoints[0]);
            var prefix = $"{(server.Flag("--etcd-prefix") ?? "/registry").TrimEnd('/')}/masterleases/";
            var request = new RangeRequest
            {
                Key = ByteString.CopyFromUtf8(prefix), RangeEnd = ByteString.CopyFromUtf8(prefix[..^1] + (char)('/' + 1)), KeysOnly = true,
            };
            var leases = (await client.RangeAsync(request, cancellationToken).ConfigureAwait(false)).Kvs;
            var members = (await client.MemberListAsync(linearizable: false, cancellationToken).ConfigureAwait(false)).Members;
            return new RegisteredApiServers(
                [.. leases.Select(lease => lease.Key.ToStringUtf8()[prefix.Length..])],
                [.. members.SelectMany(member => member.PeerURLs.Concat(member.ClientURLs)).Select(HostOf).OfType<string>().Distinct(StringComparer.Ordinal)],
                null);
        }
        catch (ClusterHealException e)
        {
            return Unknown(e.Message);
        }
    }

    /// <summary>Why there may be more API servers than the known ones; null if there are none.</summary>
    /// <param name="known">How many are known.</param>
    public string? Besides(int known)
    {
        var unseen = Reason?.TrimEnd('.') ?? (Addresses.Count == 0 ? "etcd has no lease of any API server" : null);
        if (unseen is not null) return $"Whether there are API servers besides those on the hosts is not known ({unseen})";
        return Addresses.Count > known ? $"{Addresses.Count} API servers are alive, and {known} are on the hosts" : null;
    }

    private static RegisteredApiServers Unknown(string reason) => new([], [], reason);

    private static string? HostOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.IdnHost.Trim('[', ']') : null;
}
