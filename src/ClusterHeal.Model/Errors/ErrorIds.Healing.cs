namespace ClusterHeal;

/// <content>The repair of a cluster, and the list of operations.</content>
public static partial class ErrorIds
{
    /// <summary>Repair-Cluster could not repair everything that it was asked to repair. The report says what was done, and what is left.</summary>
    public const string ClusterNotRepaired = "ClusterNotRepaired";

    /// <summary>A node that should be off is running, or its state is not known. Nothing was touched.</summary>
    public const string NodeNotOff = "NodeNotOff";

    /// <summary>A file with records of operations cannot be read.</summary>
    public const string OperationRecordUnreadable = "OperationRecordUnreadable";
}
