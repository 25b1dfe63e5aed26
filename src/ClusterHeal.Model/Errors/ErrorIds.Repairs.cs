namespace ClusterHeal;

/// <content>Repairs of members.</content>
public static partial class ErrorIds
{
    /// <summary>A member of etcd cannot be repaired in the present state of the cluster. Nothing was touched.</summary>
    public const string RepairRefused = "RepairRefused";

    /// <summary>A repair failed before the old member was removed, and the host is as it was.</summary>
    public const string RepairPutBack = "RepairPutBack";

    /// <summary>A repair stopped after the old member was removed. The cluster serves; the same command continues.</summary>
    public const string RepairUnfinished = "RepairUnfinished";

    /// <summary>There is no unfinished repair with this id on the hosts.</summary>
    public const string RepairNotFound = "RepairNotFound";

    /// <summary>A repair could not be undone.</summary>
    public const string RepairNotUndone = "RepairNotUndone";

    /// <summary>A new member of etcd does not catch up with the others.</summary>
    public const string LearnerBehind = "LearnerBehind";
}
