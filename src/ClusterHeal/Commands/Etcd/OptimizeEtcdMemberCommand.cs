using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Upkeep;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Defragments the members of an etcd cluster one after another: followers first, the leader last, after it has transferred the leadership.</summary>
[Cmdlet(VerbsCommon.Optimize, "EtcdMember", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(EtcdDefragmentation), typeof(EtcdDefragmentationPlan))]
public sealed class OptimizeEtcdMemberCommand : EtcdUpkeepCmdlet
{
    private readonly List<string> _wanted = [];

    /// <summary>The names or IDs of the members.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(MemberCompleter))]
    [NameList]
    [ValidateNotNullOrEmpty]
    public string[] Member { get; set; } = [];

    /// <summary>How long one member may take.</summary>
    [Parameter, Seconds]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 600;

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Gather() => _wanted.AddRange(Member);

    private protected override Task RunAsync(EtcdConnection connection, IOperationSink sink, CancellationToken cancellationToken)
    {
        var request = new MemberOptimizationRequest { Cluster = NameOf(connection), Members = _wanted, Timeout = TimeSpan.FromSeconds(TimeoutSec) };
        return new MemberOptimization(connection, request, OperationJournal.DefaultFolder, TimeProvider.System).RunAsync(sink, cancellationToken);
    }
}
