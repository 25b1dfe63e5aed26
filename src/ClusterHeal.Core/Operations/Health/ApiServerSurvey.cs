using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>
/// Asks each API server by itself whether it can serve: the one of the kubeconfig, and the endpoints of the service <c>kubernetes</c>. Through a load
/// balancer one would always see only one of them.
/// </summary>
internal sealed class ApiServerSurvey(KubernetesClient client)
{
    private const int UsualPort = 6443;

    /// <summary>Asks the server of the kubeconfig.</summary>
    public Task<ApiServerFacts> AskOwnAsync(CancellationToken cancellationToken) => AskAsync(client, cancellationToken);

    /// <summary>Asks the other ones.</summary>
    public async Task<IReadOnlyList<ApiServerFacts>> AskOthersAsync(CancellationToken cancellationToken)
    {
        var slices = await new KubernetesSurvey(client).SlicesAsync("default", "kubernetes", cancellationToken).ConfigureAwait(false);
        if (slices.Fault is not null) return [];
        var own = client.Connection.Server;
        var others =
            from slice in slices.Items
            from endpoint in slice.Endpoints ?? []
            from address in endpoint.Addresses ?? []
            where Uri.CheckHostName(address) != UriHostNameType.Unknown
            from port in slice.Ports ?? []
            where port.Port is null or (> 0 and <= ushort.MaxValue)
            select new UriBuilder(Uri.UriSchemeHttps, address, port.Port ?? UsualPort).Uri;
        var asked = others.Distinct().Where(o => o.Authority != own.Authority).Select(o => AskOtherAsync(o, cancellationToken));
        return await Task.WhenAll(asked).ConfigureAwait(false);
    }

    private async Task<ApiServerFacts> AskOtherAsync(Uri server, CancellationToken cancellationToken)
    {
        var connection = client.Connection with { Server = server, RequestTimeout = TimeSpan.FromSeconds(10) };
        using var other = new KubernetesClient(connection, client.Time);
        var facts = await AskAsync(other, cancellationToken).ConfigureAwait(false);
        var isSilent = facts.Fault?.ErrorId is ErrorIds.ConnectionTimeout or ErrorIds.HostUnreachable or ErrorIds.ApiServerTimeout;
        return facts with { IsCertain = !isSilent };
    }

    private static async Task<ApiServerFacts> AskAsync(KubernetesClient client, CancellationToken cancellationToken)
    {
        var target = client.Connection.Server.GetLeftPart(UriPartial.Authority);
        try
        {
            var (status, text) = await client.HealthAsync("/readyz?verbose", cancellationToken).ConfigureAwait(false);
            if (status == 200)
            {
                // OpenShift's server says that it is ready even if it has lost its etcd; only /livez shows that.
                var live = await client.HealthAsync("/livez?verbose", cancellationToken).ConfigureAwait(false);
                if (live.StatusCode == 500) (status, text) = live;
            }

            return new ApiServerFacts(target, status, text.Split('\n', StringSplitOptions.RemoveEmptyEntries), null);
        }
        catch (ClusterHealException e)
        {
            return new ApiServerFacts(target, null, [], e);
        }
    }
}
