using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands;

/// <summary>Stop-NodeComponent: stops kubelets and container runtimes on hosts.</summary>
[Cmdlet(VerbsLifecycle.Stop, "NodeComponent", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ComponentStatus))]
public sealed class StopNodeComponentCommand : ChangeNodeComponentCmdlet
{
    /// <summary>How long the host waits before it starts the component again by itself.</summary>
    [Parameter, Duration]
    public TimeSpan For { get; set; } = TimeSpan.FromMinutes(15);

    private protected override ComponentAction Action => ComponentAction.Stop;

    private protected override TimeSpan HealAfter => For;
}
