using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Completion;

/// <summary>Completes paths as PowerShell does, but not the files beside snapshots: manifests, lineage files, unfinished files.</summary>
public sealed class SnapshotPathCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionCompleters.CompleteFilename(wordToComplete).Where(found => !SnapshotFolder.IsCompanion(found.ListItemText));
}
