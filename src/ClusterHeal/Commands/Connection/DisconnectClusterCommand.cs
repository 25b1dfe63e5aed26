using System.Management.Automation;
using ClusterHeal.Internal;

namespace ClusterHeal.Commands;

/// <summary>Disconnect-Cluster: forgets what the runspace is connected to.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "Cluster")]
[OutputType(typeof(void))]
public sealed class DisconnectClusterCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => ClusterSession.Current.Connection = null;
}
