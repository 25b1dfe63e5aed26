using System.Collections;
using ClusterHeal.Hosts;

namespace ClusterHeal.Completion;

/// <summary>Completes ids of operations from the journal of this machine, the last one first.</summary>
/// <param name="operation">The cmdlet whose operations are meant.</param>
public abstract class OperationIdCompleter(string operation) : NameCompleter
{
    /// <inheritdoc/>
    private protected override IEnumerable<string> Names(string parameterName, IDictionary bound) =>
        OperationJournal.LastOperations(OperationJournal.DefaultFolder, operation);
}

/// <summary>Completes ids of restores.</summary>
public sealed class RestoreIdCompleter() : OperationIdCompleter("Restore-EtcdSnapshot");

/// <summary>Completes ids of repairs of members.</summary>
public sealed class MemberRepairIdCompleter() : OperationIdCompleter("Repair-EtcdMember");

/// <summary>Completes ids of drills.</summary>
public sealed class DrillIdCompleter() : OperationIdCompleter("Invoke-FailureDrill");
