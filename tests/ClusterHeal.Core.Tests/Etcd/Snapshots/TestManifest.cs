using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>Manifests to change and to lay beside files.</summary>
internal static class TestManifest
{
    /// <summary>One of a file <c>a.db</c> of nothing.</summary>
    public static SnapshotManifest New => new()
    {
        Schema = SnapshotManifest.CurrentSchema,
        File = "a.db",
        Size = 0,
        Sha256 = "",
        Hash = 0,
        Revision = 1,
        HashKv = 0,
        HashKvRevision = 1,
        CompactRevision = -1,
        TotalKeys = 0,
        LiveKeys = 0,
        SavedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Endpoint = "",
        MemberId = "",
        ClusterId = "c1",
        ServerVersion = "",
        StorageVersion = "",
        Members = [],
    };

    /// <summary>Writes it beside a snapshot.</summary>
    public static void Write(string snapshot, SnapshotManifest manifest)
    {
        using var stream = File.Create(SnapshotManifest.PathFor(snapshot));
        manifest.WriteTo(stream);
    }
}
