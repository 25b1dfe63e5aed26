using System.Globalization;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Repairs;

/// <summary>A repair of which a host knows.</summary>
/// <param name="Shell">The host.</param>
/// <param name="Record">What it remembers.</param>
/// <param name="IsFinished">False if nobody finished it.</param>
/// <param name="IsForward">True from just before the old member is removed: from then on the repair only goes on.</param>
internal sealed record FormerRepair(IHostShell Shell, RepairRecord Record, bool IsFinished, bool IsForward)
{
    /// <summary>The repair in words, for questions and messages.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"the repair {Record.OperationId} of etcd member '{Record.Configuration.Name}' on {Shell.HostName}, "
            + $"begun by {Record.Operator} at {Record.StartedAt:yyyy-MM-dd HH:mm:ss} UTC");
}
