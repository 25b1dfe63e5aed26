namespace ClusterHeal;

/// <summary>In which state the repair of an etcd member, or its undo, left the cluster.</summary>
public enum MemberRepairOutcome : long
{
    /// <summary>The member is a voter again and has the same data as the others, which is proven.</summary>
    Repaired,

    /// <summary>The repair failed before the old member was removed. The host is as it was.</summary>
    PutBack,

    /// <summary>
    /// The repair stopped after the old member was removed. The other voters serve as before; the new member has no vote yet. The same
    /// command goes on.
    /// </summary>
    Unfinished,

    /// <summary>The host could not be reached any more, and recovers by itself when its switch fires.</summary>
    LeftToHost,

    /// <summary>The repair was undone, as was asked for.</summary>
    Undone,
}
