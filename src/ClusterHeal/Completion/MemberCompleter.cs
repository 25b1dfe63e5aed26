using System.Collections;
using ClusterHeal.Operations;

namespace ClusterHeal.Completion;

/// <summary>Completes names, or IDs for -Id, of the members of the cluster's etcd.</summary>
public sealed class MemberCompleter : NameCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound)
    {
        if (ConnectionOf(bound) is not { } cluster || !ClusterEtcd.IsKnown(cluster)) return [];
        return parameterName == "Id" ? Asked(cluster, "member ids", ClusterNames.MemberIdsAsync) : Asked(cluster, "members", ClusterNames.MembersAsync);
    }
}
