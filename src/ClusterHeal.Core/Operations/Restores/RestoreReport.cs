namespace ClusterHeal.Operations.Restores;

/// <summary>The report of a restore or of its undo.</summary>
internal static class RestoreReport
{
    /// <summary>Makes the report of an operation. Its log tells how long it took.</summary>
    /// <param name="log">Its steps.</param>
    /// <param name="operationId">Its ID.</param>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="hosts">The hosts.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="proof">The cluster that was proven at the end, or null.</param>
    /// <param name="reason">Why it failed, or null.</param>
    public static ClusterRestoreReport Report(
        this StepLog log, string operationId, string cluster, string[] hosts, ClusterRestoreOutcome outcome, ClusterProof? proof, string? reason) => new()
        {
            OperationId = operationId,
            ClusterName = cluster,
            HostName = hosts,
            Outcome = outcome,
            Reason = reason,
            Steps = log.Steps,
            ClusterId = proof?.ClusterId,
            Revision = proof?.Revision,
            HashKV = proof?.HashKV,
            StartedAt = log.StartedAt,
            Duration = log.Elapsed,
        };
}
