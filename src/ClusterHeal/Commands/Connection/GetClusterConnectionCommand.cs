using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Internal;

namespace ClusterHeal.Commands;

/// <summary>Get-ClusterConnection: what the runspace is connected to.</summary>
[Cmdlet(VerbsCommon.Get, "ClusterConnection")]
[OutputType(typeof(ClusterConnection))]
public sealed class GetClusterConnectionCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ClusterSession.Current.Connection is { } connection) WriteObject(new VisibleRecords().Of(connection));
    }
}
