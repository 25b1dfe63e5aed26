using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ClusterHeal.Operations;

namespace ClusterHeal.Completion;

/// <summary>Completes the names of the health checks.</summary>
public sealed class HealthCheckCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var pattern = WildcardPattern.Get(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        return ClusterHealthTest.CheckNames.Where(pattern.IsMatch).Select(n => new CompletionResult(n));
    }
}
