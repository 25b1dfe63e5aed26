namespace ClusterHeal.Etcd.Snapshots;

/// <summary>The place of a record in the order of revisions, in one number; 0 is none.</summary>
/// <param name="Value">Part, place in the part, and whether the record leaves its key alive.</param>
internal readonly record struct RecordPosition(ulong Value)
{
    /// <summary>Makes the position of a record.</summary>
    /// <param name="part">The number of the part.</param>
    /// <param name="index">The place in the part.</param>
    /// <param name="isTombstone">Whether the record deletes its key.</param>
    public RecordPosition(int part, uint index, bool isTombstone)
        : this(((ulong)(part + 1) << 33) | ((ulong)index << 1) | (isTombstone ? 0UL : 1))
    {
    }

    /// <summary>Whether there is no record.</summary>
    public bool IsNone => Value == 0;

    /// <summary>The number of the part.</summary>
    public int Part => (int)(Value >> 33) - 1;

    /// <summary>Whether the key lives after this record.</summary>
    public bool IsLive => (Value & 1) != 0;
}

/// <summary>A record of a user key, short.</summary>
/// <param name="Hash">The hash of the key.</param>
/// <param name="Position">Where it is.</param>
/// <param name="Resource">The Kubernetes resource of the key, by the number that a <see cref="ResourceCounter"/> gave it.</param>
internal readonly record struct KeyRecord(ulong Hash, RecordPosition Position, int Resource);
