using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Kubernetes;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>Get-NodeStatus: nodes as kubectl shows them, with the age of their leases.</summary>
[Cmdlet(VerbsCommon.Get, "NodeStatus")]
[OutputType(typeof(NodeStatus))]
public sealed class GetNodeStatusCommand : KubernetesCmdlet
{
    /// <summary>The nodes.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeNameCompleter))]
    [NoRecord, NameList]
    public string[] NodeName { get; set; } = [];

    /// <summary>A label selector.</summary>
    [Parameter]
    public string? LabelSelector { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var client = await ClientAsync(cancellationToken).ConfigureAwait(false);
        await new NodeOperations(client, sink).ReportAsync(NodeName, LabelSelector, cancellationToken).ConfigureAwait(false);
    }
}
