using System.Globalization;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Repairs;

/// <summary>A repair with a record on a host.</summary>
/// <param name="Shell">The host.</param>
/// <param name="Record">The record.</param>
/// <param name="IsFinished">False if it is unfinished.</param>
/// <param name="IsForward">True from just before the old member is removed: from then on the repair can only continue.</param>
internal sealed record FormerRepair(IHostShell Shell, RepairRecord Record, bool IsFinished, bool IsForward)
{
    /// <summary>The repair in words, for questions and messages.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"the repair {Record.OperationId} of etcd member '{Record.Configuration.Name}' on {Shell.HostName}, "
            + $"begun by {Record.Operator} at {Record.StartedAt:yyyy-MM-dd HH:mm:ss} UTC");
}
