using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Internal;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>Disconnect-Cluster: forgets what the runspace is connected to.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "Cluster")]
[OutputType(typeof(void))]
public sealed class DisconnectClusterCommand : PSCmdlet
{
    /// <summary>The connection that is forgotten.</summary>
    [Parameter(ValueFromPipeline = true), Connection]
    public ClusterConnection? Cluster { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var current = ClusterSession.Current.Connection;
        if (Cluster is not null && !ReferenceEquals(Cluster, current) && Cluster != current)
        {
            WriteError(ErrorRecords.From(new ClusterHealException(
                ErrorIds.NotConnected,
                FaultCategory.InvalidOperation,
                $"This session is not connected to '{Cluster}'. It is connected to {(current is null ? "nothing" : $"'{current}'")}, and stays so.",
                Cluster,
                "Get-ClusterConnection shows what the session is connected to. A connection in a variable needs no Disconnect-Cluster.")));
            return;
        }

        ClusterSession.Current.Connection = null;
    }
}
