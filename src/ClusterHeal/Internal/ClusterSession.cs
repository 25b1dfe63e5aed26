using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using ClusterHeal.Completion;

namespace ClusterHeal.Internal;

/// <summary>The connection of a runspace. Each runspace has its own, so parallel ones do not affect each other.</summary>
internal sealed class ClusterSession
{
    private static readonly ConditionalWeakTable<Runspace, ClusterSession> Sessions = [];

    private const int MostCaches = 32;

    private readonly Dictionary<string, NameCache> _names = [];

    /// <summary>The default connection of this runspace, or null.</summary>
    public ClusterConnection? Connection { get; set; }

    /// <summary>Names in a cluster, for completion. Call it only on the pipeline thread.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="kind">The kind of names.</param>
    /// <param name="askAsync">Asks for them.</param>
    public IReadOnlyList<string> Names(ClusterConnection cluster, string kind, Func<CancellationToken, Task<IReadOnlyList<string>>> askAsync)
    {
        // Two connections with the same values are one cluster. Their lists are compared by content.
        var key = string.Join('\n', [
            kind, cluster.Context, cluster.Server, cluster.ThroughHost, cluster.UserName, "", .. cluster.Kubeconfig, "", .. cluster.Endpoint, "", .. cluster.HostName,
        ]);
        if (!_names.TryGetValue(key, out var cache))
        {
            if (_names.Count >= MostCaches) _names.Clear();
            _names[key] = cache = new NameCache(askAsync, TimeProvider.System);
        }

        return cache.Names();
    }

    /// <summary>The session of the runspace of this thread. Use it only on the pipeline thread.</summary>
    public static ClusterSession Current => Runspace.DefaultRunspace is { } runspace ? Sessions.GetOrCreateValue(runspace) : new ClusterSession();
}
