using System.Collections;
using ClusterHeal.Operations;

namespace ClusterHeal.Completion;

/// <summary>
/// Completes kinds, namespaces and names from the snapshot of the same command. Values that are already typed for the others restrict them. It
/// searches only for a moment.
/// </summary>
public sealed class SnapshotObjectCompleter : NameCompleter
{
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(300);
    private static readonly string[] PathParameters = ["Path", "LiteralPath"];

    /// <inheritdoc/>
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound)
    {
        var filter = new ObjectFilter
        {
            Kind = Others(bound, parameterName, "Kind"), Namespace = Others(bound, parameterName, "Namespace"), Name = Others(bound, parameterName, "Name"),
        };
        Func<EtcdSnapshotObject, string> value = parameterName switch
        {
            "Namespace" => found => found.Namespace,
            "Name" => found => found.Name,
            _ => found => found.Kind.Length > 0 ? found.Kind : found.Resource,
        };
        var values = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        using var budget = new CancellationTokenSource(Budget);
        try
        {
            foreach (var path in PathParameters.Where(bound.Contains).SelectMany(parameter => FullPaths(parameter, bound[parameter])))
                SnapshotObjectQuery.Collect(path, filter, value, values, budget.Token);
        }
        catch (Exception e) when (e is ClusterHealException or OperationCanceledException)
        {
            // More was not found in time.
        }

        return values;
    }

    /// <summary>The values that are already typed for another parameter.</summary>
    private static string[] Others(IDictionary bound, string completed, string parameter) => parameter == completed ? [] : Texts(bound, parameter);
}
