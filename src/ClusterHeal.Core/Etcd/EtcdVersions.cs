namespace ClusterHeal.Etcd;

/// <summary>
/// What each version of etcd changed, as far as ClusterHeal has to know it. No other place names versions. A version is compared by major and
/// minor number, unless a line here has three numbers.
/// </summary>
internal static class EtcdVersions
{
    /// <summary>The oldest version that snapshots are restored for.</summary>
    public static readonly Version OldestTarget = new(3, 4);

    /// <summary>The version that a snapshot is restored for if neither the user nor the snapshot says one.</summary>
    public static readonly Version TargetIfUnknown = new(3, 5);

    /// <summary>The first one with members that have no vote. An older one would add a voter.</summary>
    public static readonly Version Learners = new(3, 4);

    /// <summary>The first one that keeps raft's term and configuration in the database. (etcd: server/storage/schema/confstate.go)</summary>
    public static readonly Version ConfStateInDatabase = new(3, 5);

    /// <summary>The first one whose log has the configuration in its record of a snapshot. (etcd: server/storage/wal/walpb)</summary>
    public static readonly Version ConfStateInLog = new(3, 5);

    /// <summary>The first one that keeps the version of its storage in the database. (etcd: server/storage/schema/migration.go)</summary>
    public static readonly Version StorageVersion = new(3, 6);

    /// <summary>The first one whose etcdutl counts a failed read in the store of API version 2 that it writes.</summary>
    public static readonly Version FailedReadInStore = new(3, 6);

    /// <summary>The first one whose status has the right quota. (etcd: CHANGELOG-3.6.md)</summary>
    public static readonly Version QuotaInStatus = new(3, 6, 6);

    /// <summary>Reads a version as servers, programs and images write it: <c>3.6.5</c>, <c>v3.6.5</c>, <c>3.5.21-0</c>; null if it is none.</summary>
    public static Version? Parse(string? text) => Version.TryParse(text?.TrimStart('v').Split('-', '+')[0], out var version) ? version : null;

    /// <summary>The same without what comes after the minor number.</summary>
    public static Version? ParseMinor(string? text) => Parse(text) is { } version ? MinorOf(version) : null;

    /// <summary>The major and minor number alone.</summary>
    public static Version MinorOf(Version version) => new(version.Major, version.Minor);
}
