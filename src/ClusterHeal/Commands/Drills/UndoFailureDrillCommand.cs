using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Operations.Drills;

namespace ClusterHeal.Commands.Drills;

/// <summary>Undo-FailureDrill: reverts what an unfinished drill has left, from the records on the hosts.</summary>
[Cmdlet(VerbsCommon.Undo, "FailureDrill", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(DrillUndo))]
public sealed class UndoFailureDrillCommand : ClusterCmdlet
{
    /// <summary>One drill; without it all on record.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(OperationIdCompleter))]
    public string? OperationId { get; set; }

    /// <summary>Does not ask, and takes another operation's lock.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var request = new FailureDrillUndoRequest
        {
            OpenShell = Shells.Open,
            Kubernetes = await KubernetesAsync(cancellationToken).ConfigureAwait(false),
            Hosts = Hosts,
            NodeHost = ConnectionTo,
            OperationId = OperationId,
            Force = Force,
        };
        await new FailureDrillUndo(request, sink, TimeProvider.System).RunAsync(cancellationToken).ConfigureAwait(false);
    }
}
