using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Healing;

namespace ClusterHeal.Commands.Healing;

/// <summary>Get-ClusterOperation: lists the operations that ran, run, or left something, with how to undo each.</summary>
[Cmdlet(VerbsCommon.Get, "ClusterOperation")]
[OutputType(typeof(ClusterOperation))]
public sealed class GetClusterOperationCommand : HostCmdlet
{
    private readonly List<HostConnection> _hosts = [];
    private Action<ClusterOperation> _remember = _ => { };

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _remember = OperationIdCompleter.RememberInThisRunspace();
    }

    /// <inheritdoc/>
    protected override Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        // Without a host only the journal of this machine is read.
        _hosts.AddRange((HostName.Length > 0 ? HostName : [.. Connected.HostName]).Select(ConnectionTo));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task EndAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        HostConnection[] hosts = [.. _hosts.DistinctBy(h => (HostNames.Normal(h.HostName), h.UserName, h.Port))];
        return new OperationQuery(hosts, Shells, OperationJournal.DefaultFolder) { OnFound = _remember, ThrottleLimit = ThrottleLimit }
            .RunAsync(sink, cancellationToken);
    }
}
