using System.Management.Automation;
using ClusterHeal.Completion;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>A cmdlet about nodes, which are named, selected by label, or come from the pipeline. It gathers them and works on all at once.</summary>
public abstract class NodeCmdlet : KubernetesCmdlet
{
    /// <summary>The parameter set of named nodes.</summary>
    protected const string ByName = "Name";

    /// <summary>The parameter set of selected nodes.</summary>
    protected const string BySelector = "Selector";

    private readonly List<string> _names = [];

    /// <summary>The nodes.</summary>
    [Parameter(
        Mandatory = true, Position = 0, ParameterSetName = ByName, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeNameCompleter))]
    [NoRecord, NameList]
    public string[] NodeName { get; set; } = [];

    /// <summary>A label selector.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BySelector)]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>The names of the input, each once.</summary>
    protected IReadOnlyList<string> Names => _names;

    private protected sealed override bool GathersInput => true;

    /// <summary>Does the work for all nodes of the input.</summary>
    /// <param name="sink">Where results, failures, progress and questions go.</param>
    /// <param name="cancellationToken">Cancelled by Ctrl+C, and if the pipeline ends early.</param>
    private protected abstract Task RunAsync(IOperationSink sink, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected sealed override Task EndAsync(IOperationSink sink, CancellationToken cancellationToken) =>
        // An empty pipeline means no node, not all of them.
        Names.Count == 0 && LabelSelector is null ? Task.CompletedTask : RunAsync(sink, cancellationToken);

    /// <inheritdoc/>
    protected sealed override Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        foreach (var name in NodeName.Where(n => !_names.Contains(n))) _names.Add(name);
        return Task.CompletedTask;
    }
}
