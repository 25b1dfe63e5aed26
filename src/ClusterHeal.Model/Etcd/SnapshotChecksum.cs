namespace ClusterHeal;

/// <summary>What the sha256 at the end of a snapshot file says about the rest of it.</summary>
public enum SnapshotChecksum : long
{
    /// <summary>The file is what the server sent, byte for byte.</summary>
    Verified,

    /// <summary>The file is not what the server sent.</summary>
    Wrong,

    /// <summary>The file has no checksum: it is a database that was copied, not a snapshot that was saved.</summary>
    Missing,

    /// <summary>The checksum is there and was not compared: that takes a read of the whole file, as Test-EtcdSnapshot does it.</summary>
    NotCompared,
}
