using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Completion;

/// <summary>Completes paths as PowerShell does, without the files that lie beside snapshots: manifests, lines of descent, what is not finished.</summary>
public sealed class SnapshotPathCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionCompleters.CompleteFilename(wordToComplete).Where(found => !SnapshotFolder.IsCompanion(found.ListItemText));
}
