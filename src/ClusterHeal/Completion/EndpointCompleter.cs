using System.Collections;
using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace ClusterHeal.Completion;

/// <summary>Completes endpoints of etcd with those that were used in this runspace before.</summary>
public sealed class EndpointCompleter : IArgumentCompleter
{
    private static readonly ConditionalWeakTable<Runspace, ConcurrentDictionary<string, byte>> Known = [];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var word = wordToComplete.Trim('\'', '"');
        return OfThisRunspace().Keys
            .Where(endpoint => endpoint.Contains(word, StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .Select(VisibleText.Of)
            .Select(endpoint => new CompletionResult($"'{endpoint}'", endpoint, CompletionResultType.ParameterValue, endpoint));
    }

    /// <summary>Keeps endpoints for completion.</summary>
    internal static void Remember(IEnumerable<string> endpoints)
    {
        var known = OfThisRunspace();
        foreach (var endpoint in endpoints) known.TryAdd(endpoint, 0);
    }

    private static ConcurrentDictionary<string, byte> OfThisRunspace() =>
        Runspace.DefaultRunspace is { } runspace ? Known.GetOrCreateValue(runspace) : [];
}
