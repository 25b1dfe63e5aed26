using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Repairs;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Reverts an unfinished repair of an etcd member.</summary>
[Cmdlet(VerbsCommon.Undo, "EtcdMemberRepair", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(MemberRepairReport))]
public sealed class UndoEtcdMemberRepairCommand : SelfHealingCmdlet
{
    /// <summary>The ID of the repair; without it the last unfinished one.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(OperationIdCompleter))]
    public string? OperationId { get; set; }

    /// <summary>The hosts of all members.</summary>
    [Parameter]
    [Alias("ComputerName")]
    [ValidateCount(1, 9), NameList]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[] HostName { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var request = new MemberRepairUndoRequest
        {
            OpenShell = Shells.Open,
            Hosts = [.. HostsOrConnected(HostName).Select(ConnectionTo)],
            OperationId = OperationId,
            Force = Force,
            HealAfter = For,
        };
        await using var undo = new MemberRepairUndo(request, OperationJournal.DefaultFolder, TimeProvider.System);
        await undo.RunAsync(sink, cancellationToken).ConfigureAwait(false);
    }
}
