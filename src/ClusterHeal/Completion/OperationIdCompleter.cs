using System.Collections;
using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Healing;

namespace ClusterHeal.Completion;

/// <summary>
/// Completes the IDs of operations that a cmdlet can undo, the last one first: those that this machine began, and those that
/// Get-ClusterOperation has listed in this runspace. It asks no host.
/// </summary>
public sealed class OperationIdCompleter : IArgumentCompleter
{
    private static readonly ConditionalWeakTable<Runspace, ConcurrentDictionary<string, ClusterOperation>> Listed = [];

    private static readonly Dictionary<string, ClusterOperationKind> Undone = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Undo-EtcdRestore"] = ClusterOperationKind.Restore,
        ["Undo-EtcdMemberRepair"] = ClusterOperationKind.MemberRepair,
        ["Undo-FailureDrill"] = ClusterOperationKind.Drill,
    };

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var pattern = WildcardPattern.Get(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        return OfThisRunspace().Values.Concat(OperationQuery.Local(OperationJournal.DefaultFolder))
            .Where(o => o.Kind == Undone.GetValueOrDefault(commandName) && pattern.IsMatch(o.OperationId))
            .DistinctBy(o => o.OperationId)
            .OrderByDescending(o => o.OperationId, StringComparer.Ordinal)
            .Select(o => new CompletionResult(
                VisibleText.Of(o.OperationId),
                VisibleText.Of(o.OperationId),
                CompletionResultType.ParameterValue,
                VisibleText.Of($"{o.Kind} {o.State} {o.Target} {o.Operator}")));
    }

    /// <summary>Keeps an operation for completion in this runspace. Any thread may call it.</summary>
    internal static Action<ClusterOperation> RememberInThisRunspace()
    {
        var known = OfThisRunspace();
        return operation => known[operation.OperationId] = operation;
    }

    private static ConcurrentDictionary<string, ClusterOperation> OfThisRunspace() =>
        Runspace.DefaultRunspace is { } runspace ? Listed.GetOrCreateValue(runspace) : [];
}
