using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Kubernetes;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>Get-PodPlacement: shows where pods run, and what changed since an earlier call.</summary>
[Cmdlet(VerbsCommon.Get, "PodPlacement")]
[OutputType(typeof(PodPlacement))]
public sealed class GetPodPlacementCommand : KubernetesCmdlet
{
    private readonly List<string> _names = [];
    private bool _isAsked;

    /// <summary>The nodes.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeNameCompleter))]
    [NoRecord, NameList]
    public string[] NodeName { get; set; } = [];

    /// <summary>The namespace.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string? Namespace { get; set; }

    /// <summary>A label selector.</summary>
    [Parameter]
    public string? LabelSelector { get; set; }

    /// <summary>The workload.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(WorkloadCompleter))]
    public string? Workload { get; set; }

    /// <summary>An earlier result.</summary>
    [Parameter]
    [AllowEmptyCollection]
    public PodPlacement[]? ChangedSince { get; set; }

    private protected override bool GathersInput => true;

    /// <inheritdoc/>
    protected override Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        // All nodes of the pipeline at once: only then it can show which pod moved from one of them to another.
        _names.AddRange(NodeName.Except(_names));
        _isAsked = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        if (!_isAsked) return; // An empty pipeline means no node, not all of them.
        var query = new PodPlacementQuery
        {
            NodeNames = _names,
            Namespace = Namespace,
            LabelSelector = LabelSelector,
            Workload = Workload,
            ChangedSince = ChangedSince,
        };
        await query.RunAsync(await ClientAsync(cancellationToken).ConfigureAwait(false), sink, cancellationToken).ConfigureAwait(false);
    }
}
