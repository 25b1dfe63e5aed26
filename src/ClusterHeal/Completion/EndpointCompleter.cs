using System.Collections;
using System.Collections.Concurrent;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace ClusterHeal.Completion;

/// <summary>Completes endpoints of etcd: those of the connection, and those that were used earlier in this runspace.</summary>
public sealed class EndpointCompleter : NameCompleter
{
    private static readonly ConditionalWeakTable<Runspace, ConcurrentDictionary<string, byte>> Known = [];

    /// <inheritdoc/>
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound) =>
        [.. ConnectionOf(bound)?.Endpoint ?? [], .. OfThisRunspace().Keys.Order(StringComparer.Ordinal)];

    /// <summary>Keeps endpoints for completion.</summary>
    internal static void Remember(IEnumerable<string> endpoints)
    {
        var known = OfThisRunspace();
        foreach (var endpoint in endpoints) known.TryAdd(endpoint, 0);
    }

    private static ConcurrentDictionary<string, byte> OfThisRunspace() =>
        Runspace.DefaultRunspace is { } runspace ? Known.GetOrCreateValue(runspace) : [];
}
