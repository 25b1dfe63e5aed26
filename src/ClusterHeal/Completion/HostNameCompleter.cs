using System.Collections;
using ClusterHeal.Hosts;
using ClusterHeal.Operations;

namespace ClusterHeal.Completion;

/// <summary>Completes hosts: those of the connection, its nodes, and those of known_hosts whose names are not hashed.</summary>
public sealed class HostNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound)
    {
        var cluster = ConnectionOf(bound);
        var nodes = cluster is { Server: not null } or { Kubeconfig.Count: > 0 } ? Asked(cluster, "nodes", ClusterNames.NodesAsync) : [];
        return [.. cluster?.HostName ?? [], .. nodes, .. KnownHostNames.Read()];
    }
}
