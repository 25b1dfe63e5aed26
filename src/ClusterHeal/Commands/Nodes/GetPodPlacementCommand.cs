using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Commands;

/// <summary>Get-PodPlacement: which pods run where, and what changed since a former look.</summary>
[Cmdlet(VerbsCommon.Get, "PodPlacement")]
[OutputType(typeof(PodPlacement))]
public sealed class GetPodPlacementCommand : KubernetesCmdlet
{
    /// <summary>The nodes.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeNameCompleter))]
    public string[] NodeName { get; set; } = [];

    /// <summary>The namespace.</summary>
    [Parameter]
    public string? Namespace { get; set; }

    /// <summary>A label selector.</summary>
    [Parameter]
    public string? LabelSelector { get; set; }

    /// <summary>The workload.</summary>
    [Parameter]
    [SupportsWildcards]
    public string? Workload { get; set; }

    /// <summary>A former result.</summary>
    [Parameter]
    [AllowEmptyCollection]
    public PodPlacement[]? ChangedSince { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var query = new PodPlacementQuery
        {
            NodeNames = NodeName,
            Namespace = Namespace,
            LabelSelector = LabelSelector,
            Workload = Workload,
            ChangedSince = ChangedSince,
        };
        await query.RunAsync(await ClientAsync(cancellationToken).ConfigureAwait(false), sink, cancellationToken).ConfigureAwait(false);
    }
}
