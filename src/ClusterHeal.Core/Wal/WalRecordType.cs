namespace ClusterHeal.Wal;

/// <summary>The kinds of records in etcd's write-ahead log (etcd: server/storage/wal/wal.go).</summary>
public enum WalRecordType
{
    /// <summary>The IDs of the member and its cluster; the first record after the checksum.</summary>
    Metadata = 1,

    /// <summary>A raft entry.</summary>
    Entry = 2,

    /// <summary>Raft's hard state: term, vote, commit.</summary>
    State = 3,

    /// <summary>The running checksum with which a segment begins.</summary>
    Crc = 4,

    /// <summary>A pointer to the raft snapshot from which the following entries continue.</summary>
    Snapshot = 5,
}
