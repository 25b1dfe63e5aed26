using System.Collections;
using ClusterHeal.Operations;

namespace ClusterHeal.Completion;

/// <summary>Completes the names of the health checks.</summary>
public sealed class HealthCheckCompleter : NameCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound) => ClusterHealthTest.CheckNames;
}
