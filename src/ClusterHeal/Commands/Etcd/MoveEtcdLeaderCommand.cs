using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Etcd;
using ClusterHeal.Operations.Upkeep;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Transfers the leadership of an etcd cluster to another member, and waits until all members see it as the leader.</summary>
[Cmdlet(VerbsCommon.Move, "EtcdLeader", SupportsShouldProcess = true)]
[OutputType(typeof(EtcdLeaderMove))]
public sealed class MoveEtcdLeaderCommand : EtcdUpkeepCmdlet
{
    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);

    /// <summary>The name or ID of the member that will lead.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(MemberCompleter))]
    [ValidateNotNullOrEmpty]
    public string? To { get; set; }

    /// <summary>How long one call may take.</summary>
    [Parameter, Seconds]
    [ValidateRange(1, 3600)]
    public int TimeoutSec { get; set; } = 10;

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Gather()
    {
        if (To is not null) _wanted.Add(To);
    }

    private protected override Task RunAsync(EtcdConnection connection, IOperationSink sink, CancellationToken cancellationToken)
    {
        if (_wanted.Count > 1)
        {
            throw new ClusterHealException(
                ErrorIds.UpkeepRefused,
                FaultCategory.InvalidArgument,
                $"One member can lead, and several came through the pipeline: {string.Join(", ", _wanted)}. Nothing was touched.",
                remedy: "Choose one with Where-Object or Select-Object -First 1.");
        }

        connection = connection with { CallTimeout = TimeSpan.FromSeconds(TimeoutSec) };
        return new LeaderMove(connection, NameOf(connection), _wanted.FirstOrDefault(), TimeProvider.System).RunAsync(sink, cancellationToken);
    }
}
