namespace ClusterHeal;

/// <content>The repair of a cluster, and the list of operations.</content>
public static partial class ErrorIds
{
    /// <summary>Repair-Cluster could not heal all that it was for. The report says what was done, and what is left.</summary>
    public const string ClusterNotRepaired = "ClusterNotRepaired";

    /// <summary>A node that is said to be off is not, or that cannot be told. Nothing was touched.</summary>
    public const string NodeNotOff = "NodeNotOff";

    /// <summary>A file in which a machine remembers operations cannot be read.</summary>
    public const string OperationRecordUnreadable = "OperationRecordUnreadable";
}
