using System.Collections;
using ClusterHeal.Operations;

namespace ClusterHeal.Completion;

/// <summary>Completes names of nodes of the cluster that the command is about, or of the kubeconfig that kubectl would take.</summary>
public sealed class NodeNameCompleter : NameCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound) =>
        Asked(ConnectionOf(bound) ?? new ClusterConnection { ClusterName = "" }, "nodes", ClusterNames.NodesAsync);
}
