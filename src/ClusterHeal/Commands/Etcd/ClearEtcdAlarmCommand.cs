using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Upkeep;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Clears the alarms of etcd after their cause is gone: NOSPACE by freeing space, CORRUPT if all voters have the same data.</summary>
[Cmdlet(VerbsCommon.Clear, "EtcdAlarm", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(EtcdAlarmReport), typeof(EtcdAlarmPlan))]
public sealed class ClearEtcdAlarmCommand : EtcdUpkeepCmdlet
{
    /// <summary>How much of the history stays readable.</summary>
    [Parameter, Duration]
    public TimeSpan KeepHistory { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The revision up to which former revisions are compacted.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? Revision { get; set; }

    /// <summary>The quota of the members that do not say theirs.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long? QuotaBytes { get; set; }

    /// <summary>How long one compaction, one defragmentation, or the count may take.</summary>
    [Parameter, Seconds]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 600;

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override Task RunAsync(EtcdConnection connection, IOperationSink sink, CancellationToken cancellationToken)
    {
        var request = new AlarmClearanceRequest
        {
            Cluster = NameOf(connection),
            KeepHistory = KeepHistory,
            Revision = Revision,
            QuotaBytes = QuotaBytes,
            Timeout = TimeSpan.FromSeconds(TimeoutSec),
        };
        return new AlarmClearance(connection, request, OperationJournal.DefaultFolder, TimeProvider.System).RunAsync(sink, cancellationToken);
    }
}
