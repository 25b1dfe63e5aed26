using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ClusterHeal.Internal;

namespace ClusterHeal.Completion;

/// <summary>Completes names of nodes of the connected cluster. It asks at most twice a minute, waits a moment, and never complains.</summary>
public sealed class NodeNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var pattern = WildcardPattern.Get(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        return (ClusterSession.Current.NodeNames?.Names() ?? []).Where(pattern.IsMatch).Select(VisibleText.Of).Select(n => new CompletionResult(n));
    }
}
