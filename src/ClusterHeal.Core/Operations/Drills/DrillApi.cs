using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations.Drills;

/// <summary>The API of a cluster in which one server may be down: first through the user's own connection, then each server by itself, through its host.</summary>
internal sealed class DrillApi : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly KubernetesClient[] _clients;
    private int _good;

    /// <summary>Makes the clients.</summary>
    /// <param name="connection">The user's own connection.</param>
    /// <param name="hosts">The control-plane hosts.</param>
    /// <param name="time">The clock.</param>
    public DrillApi(KubernetesConnection connection, IReadOnlyList<DrillHost> hosts, TimeProvider time)
    {
        var own = connection with { RequestTimeout = Patience };
        // Every API server's certificate has this name, whatever its host is called: the pods of the cluster use it.
        var ways =
            from host in hosts
            let server = host.Find(ClusterComponent.ApiServer)
            where server?.Port is not null
            select own with
            {
                TlsServerName = "kubernetes",
                Dialer = (_, _, stop) => host.Shell.DialAsync(ApiServerProbe.AddressOf(server), server.Port!.Value, stop),
            };
        _clients = [.. ways.Prepend(own).Select(way => new KubernetesClient(way, time))];
    }

    /// <summary>Asks a server that answers. A refusal is an answer.</summary>
    /// <exception cref="KubernetesException">The server said no, or none answered.</exception>
    public async Task<T> AskAsync<T>(Func<KubernetesClient, Task<T>> ask)
    {
        var first = _good;
        for (var turn = 0; ; turn++)
        {
            var index = (first + turn) % _clients.Length;
            try
            {
                var answer = await ask(_clients[index]).ConfigureAwait(false);
                _good = index;
                return answer;
            }
            catch (ClusterHealException e) when (e is not KubernetesException { StatusCode: not null } && turn < _clients.Length - 1)
            {
                // It did not answer. The next one may.
            }
        }
    }

    /// <summary>The same for what has no answer.</summary>
    public Task DoAsync(Func<KubernetesClient, Task> work) => AskAsync(async client =>
    {
        await work(client).ConfigureAwait(false);
        return true;
    });

    /// <summary>Asks every server by itself, through its host.</summary>
    /// <exception cref="KubernetesException">One of them said no, or did not answer.</exception>
    public Task<T[]> AskEachAsync<T>(Func<KubernetesClient, Task<T>> ask) => Task.WhenAll(_clients.Skip(1).Select(ask));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
    }
}
