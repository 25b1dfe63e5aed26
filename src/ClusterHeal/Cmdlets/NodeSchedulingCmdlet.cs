using System.Management.Automation;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Cmdlets;

/// <summary>The base of the cmdlets that cordon and uncordon nodes.</summary>
public abstract class NodeSchedulingCmdlet : NodeCmdlet
{
    /// <summary>Whether the nodes are returned after the change.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Whether it is done without asking.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Whether new pods are placed on the nodes afterwards.</summary>
    private protected abstract bool Schedulable { get; }

    private protected sealed override async Task RunAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var nodes = new NodeOperations(await ClientAsync(cancellationToken).ConfigureAwait(false), sink);
        await nodes.SetSchedulableAsync(Names, LabelSelector, Schedulable, PassThru, cancellationToken).ConfigureAwait(false);
    }
}
