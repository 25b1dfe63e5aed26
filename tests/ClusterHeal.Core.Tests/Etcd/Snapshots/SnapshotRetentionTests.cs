using System.Globalization;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Tests.Etcd.Snapshots;

public sealed class SnapshotRetentionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, 0, 0, "")]
    [InlineData(2, 0, 0, "0101T10 0108T10 0115T08 0115T10 0116T10")]
    [InlineData(0, 2, 0, "0101T10 0108T10 0115T08 0115T10 0117T09")]
    [InlineData(0, 0, 2, "0101T10 0115T08 0115T10 0116T10 0117T09")]
    [InlineData(1, 3, 4, "0115T08 0117T09")]
    [InlineData(9, 0, 0, "")]
    public void What_is_kept_is_the_newest_few_and_the_newest_of_days_and_weeks(int last, int daily, int weekly, string expired)
    {
        // 2026: the 1st is a Thursday of week 1; the 8th is in week 2, the 15th to the 17th in week 3, the 18th is its Sunday.
        foreach (var stamp in new[] { "0101T10", "0108T10", "0115T08", "0115T10", "0116T10", "0117T09", "0117T10" }) Add(stamp, "c1");
        var retention = new SnapshotRetention { KeepLast = last, KeepDaily = daily, KeepWeekly = weekly };
        Assert.Equal(expired, string.Join(' ', retention.Expired(_folder.Path, "c1").Select(Path.GetFileNameWithoutExtension)));
    }

    [Fact]
    public void Only_files_that_their_manifests_make_ours_and_of_the_same_cluster_are_looked_at()
    {
        foreach (var stamp in new[] { "0101T10", "0103T10", "0104T10", "0105T10" }) Add(stamp, "c1");
        Add("0102T10", "other");
        File.AppendAllText(_folder.File("0101T10.db"), "grown since"); // Not the file that the manifest describes.
        File.WriteAllText(_folder.File("etcd-20200101T000000Z.db"), "somebody else's");
        File.WriteAllText(_folder.File("0104T10.db.manifest.json"), "{");

        var expired = new SnapshotRetention { KeepLast = 1 }.Expired(_folder.Path, "c1");
        Assert.Equal(["0103T10"], expired.Select(Path.GetFileNameWithoutExtension));
    }

    [Fact]
    public void The_one_that_is_about_to_be_saved_counts_among_the_kept()
    {
        Add("0101T10", "c1");
        Add("0102T10", "c1");
        var retention = new SnapshotRetention { KeepLast = 2 };
        Assert.Empty(retention.Expired(_folder.Path, "c1"));
        Assert.Equal(["0101T10"], retention.Expired(_folder.Path, "c1", Time("0103T10")).Select(Path.GetFileNameWithoutExtension));
    }

    private static DateTimeOffset Time(string stamp) =>
        DateTimeOffset.ParseExact("2026" + stamp, "yyyyMMdd'T'HH", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private void Add(string stamp, string clusterId)
    {
        var path = _folder.File(stamp + ".db");
        File.WriteAllText(path, "a snapshot");
        using var stream = File.Create(SnapshotManifest.PathFor(path));
        new SnapshotManifest
        {
            Schema = SnapshotManifest.CurrentSchema,
            File = stamp + ".db",
            Size = 10,
            Sha256 = "",
            Hash = 0,
            Revision = 1,
            HashKv = 0,
            HashKvRevision = 1,
            CompactRevision = -1,
            TotalKeys = 0,
            LiveKeys = 0,
            SavedAt = Time(stamp),
            Endpoint = "",
            MemberId = "",
            ClusterId = clusterId,
            ServerVersion = "",
            StorageVersion = "",
            Members = [],
        }.WriteTo(stream);
    }
}
