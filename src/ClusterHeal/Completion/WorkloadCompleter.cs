using System.Collections;
using ClusterHeal.Operations;

namespace ClusterHeal.Completion;

/// <summary>Completes names of Deployments, StatefulSets and DaemonSets, of the namespace if one is typed.</summary>
public sealed class WorkloadCompleter : NameCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound)
    {
        var place = Texts(bound, "Namespace").FirstOrDefault();
        return Asked(
            ConnectionOf(bound) ?? new ClusterConnection { ClusterName = "" },
            $"workloads {place}",
            (cluster, shells, stop) => ClusterNames.WorkloadsAsync(cluster, shells, place, stop));
    }
}
