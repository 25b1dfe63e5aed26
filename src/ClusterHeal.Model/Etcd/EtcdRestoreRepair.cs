namespace ClusterHeal;

/// <summary>What a restore repairs in a database that would harm the new cluster or mislead its operators.</summary>
public enum EtcdRestoreRepairKind : long
{
    /// <summary>Alarms of the old cluster, which would make the new one read-only from its first second.</summary>
    Alarm,

    /// <summary>Voters of the old cluster in the stored configuration of raft.</summary>
    ConfState,

    /// <summary>Leases of API servers that are gone, which Kubernetes would go on sending its clients to.</summary>
    ApiServerLease,

    /// <summary>Marks of a newer storage version than the servers have that are to run on the database.</summary>
    StorageVersion,
}

/// <summary>One thing that a restore repaired.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Message">What was done, with numbers and names.</param>
public sealed record EtcdRestoreRepair(EtcdRestoreRepairKind Kind, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Message;
}
