using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Restores;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Puts back the data from before a restore, on all hosts of a cluster.</summary>
[Cmdlet(VerbsCommon.Undo, "EtcdRestore", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ClusterRestoreReport))]
public sealed class UndoEtcdRestoreCommand : SelfHealingCmdlet
{
    /// <summary>The hosts of all members.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("ComputerName")]
    [ValidateCount(1, 9), NameList]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[] HostName { get; set; } = [];

    /// <summary>The id of the restore; without it the last one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(OperationIdCompleter))]
    public string? OperationId { get; set; }

    /// <summary>The name of the cluster in prompts and reports.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? ClusterName { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var request = new ClusterRestoreUndoRequest
        {
            Cluster = ClusterName ?? Operations.ClusterName.Of(Connected, HostName),
            OpenShell = Shells.Open,
            OperationId = OperationId,
            Force = Force,
            HealAfter = For,
        };
        var hosts = HostName.Select(ConnectionTo).ToArray();
        await using var undo = new ClusterRestoreUndo(hosts, request, OperationJournal.DefaultFolder, TimeProvider.System);
        await undo.RunAsync(sink, cancellationToken).ConfigureAwait(false);
    }
}
