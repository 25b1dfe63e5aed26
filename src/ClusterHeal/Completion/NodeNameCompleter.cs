using System.Collections;
using ClusterHeal.Operations;

namespace ClusterHeal.Completion;

/// <summary>Completes names of nodes of the command's cluster, or of the kubeconfig that kubectl would use.</summary>
public sealed class NodeNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound) =>
        Asked(ConnectionOf(bound) ?? new ClusterConnection { ClusterName = "" }, "nodes", ClusterNames.NodesAsync);
}
