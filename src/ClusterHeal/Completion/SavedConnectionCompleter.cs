using System.Collections;
using ClusterHeal.Operations;

namespace ClusterHeal.Completion;

/// <summary>Completes names of saved connections.</summary>
public sealed class SavedConnectionCompleter : NameCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound) => SavedConnections.OfUser.Names();
}
