using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Kubernetes;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>Wait-NodeStatus: waits until nodes are in a state.</summary>
[Cmdlet(VerbsLifecycle.Wait, "NodeStatus")]
[OutputType(typeof(NodeStatus))]
public sealed class WaitNodeStatusCommand : KubernetesCmdlet
{
    private readonly List<string> _names = [];

    /// <summary>The nodes.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeNameCompleter))]
    [NoRecord, NameList]
    public string[] NodeName { get; set; } = [];

    /// <summary>The state.</summary>
    [Parameter(Position = 1)]
    public NodeCondition Condition { get; set; } = NodeCondition.Ready;

    /// <summary>The longest wait.</summary>
    [Parameter, ValidateRange(1, int.MaxValue), Seconds]
    public int TimeoutSec { get; set; } = 300;

    private protected override bool GathersInput => true;

    /// <inheritdoc/>
    protected override Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        _names.AddRange(NodeName);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var client = await ClientAsync(cancellationToken).ConfigureAwait(false);
        var timeout = TimeSpan.FromSeconds(TimeoutSec);
        await new NodeOperations(client, sink).WaitAsync([.. _names.Distinct()], Condition, timeout, cancellationToken).ConfigureAwait(false);
    }
}
