using System.Collections;
using ClusterHeal.Operations;

namespace ClusterHeal.Completion;

/// <summary>Completes namespaces of the command's cluster.</summary>
public sealed class NamespaceCompleter : NameCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound) =>
        Asked(ConnectionOf(bound) ?? new ClusterConnection { ClusterName = "" }, "namespaces", ClusterNames.NamespacesAsync);
}
