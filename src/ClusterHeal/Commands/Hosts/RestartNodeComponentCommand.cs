using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>Restart-NodeComponent: stops and starts kubelets and container runtimes on hosts.</summary>
[Cmdlet(VerbsLifecycle.Restart, "NodeComponent", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ComponentStatus))]
public sealed class RestartNodeComponentCommand : ChangeNodeComponentCmdlet
{
    /// <summary>How long the host waits before it starts the component again by itself.</summary>
    [Parameter, Duration]
    public TimeSpan For { get; set; } = TimeSpan.FromMinutes(15);

    private protected override ComponentAction Action => ComponentAction.Restart;

    private protected override TimeSpan HealAfter => For;
}
