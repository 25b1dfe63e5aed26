using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ClusterHeal.Hosts;
using ClusterHeal.Internal;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Completion;

/// <summary>Completes names of nodes of the connected cluster. It asks at most twice a minute, for a moment, and never complains.</summary>
public sealed class NodeNameCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(300);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var pattern = WildcardPattern.Get(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        return Names(ClusterSession.Current).Where(pattern.IsMatch).Select(VisibleText.Of).Select(n => new CompletionResult(n));
    }

    private static IReadOnlyList<string> Names(ClusterSession session)
    {
        var (names, at) = session.NodeNames;
        if (session.Connection is not { } connection || DateTimeOffset.UtcNow - at < Freshness) return names;
        using var budget = new CancellationTokenSource(Budget);
        try
        {
            names = Task.Run(() => ClusterConnector.NodeNamesAsync(connection, new HostShells(_ => { }), budget.Token)).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is ClusterHealException or OperationCanceledException)
        {
            // A completer has no way to speak; the names of the last time are the best there is.
        }

        session.NodeNames = (names, DateTimeOffset.UtcNow);
        return names;
    }
}
