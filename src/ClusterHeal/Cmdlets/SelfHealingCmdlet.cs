using System.Management.Automation;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>The base of cmdlets whose hosts recover by themselves if the operator does not come back.</summary>
public abstract class SelfHealingCmdlet : SshCmdlet
{
    /// <summary>How long a host waits for the operator before it recovers by itself.</summary>
    [Parameter, Duration]
    public TimeSpan For { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Does not ask, and takes another operation's lock.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }
}
