using System.Management.Automation;
using ClusterHeal.Completion;
using ClusterHeal.Operations;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>The base of the cmdlets that stop, start and restart components.</summary>
public abstract class ChangeComponentCmdlet : ComponentCmdlet
{
    /// <summary>The hosts. They must be named: the hosts of a connection are not the default here.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ComputerName", "NodeName")]
    [ValidateNotNullOrEmpty, NameList, HostNames]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public override string[] HostName { get; set; } = [];

    /// <summary>Wait until what was started answers.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long a component may take.</summary>
    [Parameter, ValidateRange(1, 3600), Seconds]
    public int TimeoutSec { get; set; } = 120;

    /// <summary>Return the status afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Do not ask, and take another operation's lock.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>What this cmdlet does.</summary>
    private protected abstract ComponentAction Action { get; }

    /// <summary>After this time the host starts again by itself what is stopped.</summary>
    private protected virtual TimeSpan HealAfter => TimeSpan.FromMinutes(15);

    /// <inheritdoc/>
    protected sealed override Task EndAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var change = new ComponentChange
        {
            Action = Action,
            Targets = Gathered(),
            OpenShell = Shells.Open,
            For = HealAfter,
            Wait = Wait,
            PassThru = PassThru,
            Force = Force,
            Timeout = TimeSpan.FromSeconds(TimeoutSec),
            ThrottleLimit = ThrottleLimit,
            ControlPlane = [.. Connected.HostName.Select(ConnectionTo)],
        };
        return ComponentChanger.RunAsync(change, sink, TimeProvider.System, cancellationToken);
    }
}
