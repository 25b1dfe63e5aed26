using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using ClusterHeal.Completion;

namespace ClusterHeal.Internal;

/// <summary>What a runspace is connected to. Each runspace has its own, so parallel ones never meet.</summary>
internal sealed class ClusterSession
{
    private static readonly ConditionalWeakTable<Runspace, ClusterSession> Sessions = [];

    private const int MostCaches = 32;

    private readonly Dictionary<(ClusterConnection Cluster, string Kind), NameCache> _names = [];

    /// <summary>The default connection of this runspace, or null.</summary>
    public ClusterConnection? Connection { get; set; }

    /// <summary>Names in a cluster, for completion. To be asked on the pipeline thread only.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="kind">The kind of names.</param>
    /// <param name="askAsync">Asks for them.</param>
    public IReadOnlyList<string> Names(ClusterConnection cluster, string kind, Func<CancellationToken, Task<IReadOnlyList<string>>> askAsync)
    {
        if (!_names.TryGetValue((cluster, kind), out var cache))
        {
            if (_names.Count >= MostCaches) _names.Clear();
            _names[(cluster, kind)] = cache = new NameCache(askAsync, TimeProvider.System);
        }

        return cache.Names();
    }

    /// <summary>The session of the runspace of this thread. To be asked on the pipeline thread only.</summary>
    public static ClusterSession Current => Runspace.DefaultRunspace is { } runspace ? Sessions.GetOrCreateValue(runspace) : new ClusterSession();
}
