using System.Globalization;
using System.Security.Cryptography;
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
        Assert.Equal(expired, string.Join(' ', Expired(retention, "0117T10")));
    }

    [Fact]
    public void Only_files_that_their_manifests_make_ours_and_of_the_same_cluster_are_looked_at()
    {
        foreach (var stamp in new[] { "0101T10", "0102T11", "0103T10", "0104T10", "0105T10" }) Add(stamp, "c1");
        Add("0102T10", "other");
        File.AppendAllText(_folder.File("0101T10.db"), "grown since"); // Not the file that the manifest describes.
        File.WriteAllBytes(_folder.File("0102T11.db"), Bytes("replaced by one of the same size"));
        File.WriteAllText(_folder.File("etcd-20200101T000000Z.db"), "somebody else's");
        File.WriteAllText(_folder.File("0104T10.db.manifest.json"), "{");
        Assert.Equal(["0103T10"], Expired(new SnapshotRetention { KeepLast = 1 }, "0105T10"));
    }

    [Fact]
    public void The_one_that_is_about_to_be_saved_counts_among_the_kept()
    {
        Add("0101T10", "c1");
        Add("0102T10", "c1");
        Assert.Equal(["0101T10"], Expired(new SnapshotRetention { KeepLast = 2 }, "0103T10"));
    }

    [Fact]
    public void What_was_just_saved_stays_whatever_dates_the_others_bear()
    {
        foreach (var stamp in new[] { "0101T10", "0102T10", "1231T10" }) Add(stamp, "c1");
        var warnings = new List<string>();
        var retention = new SnapshotRetention { KeepLast = 2 };
        Assert.Equal(["0101T10"], Expired(retention, "0103T10", warnings)); // Two that are rightly dated stay, beside the one of December.
        Assert.Contains("1231T10.db", Assert.Single(warnings), StringComparison.Ordinal);

        Assert.Empty(Expired(retention, "0101T08")); // A clock that is behind calls all of them future, and takes none.
    }

    [Fact]
    public void Snapshots_saved_by_hand_or_before_a_restore_stay()
    {
        Add("0101T10", "c1", SnapshotCause.Hand);
        Add("0101T11", "c1", SnapshotCause.Restore);
        Add("0101T12", "c1");
        Assert.Equal(["0101T12"], Expired(new SnapshotRetention { KeepLast = 1 }, "0103T10"));
    }

    [Fact]
    public void Of_manifests_of_before_the_dated_name_tells_those_of_runs()
    {
        Add("by-hand", "c1", cause: null, savedAt: "0101T10");
        Add("etcd-20260101T110000Z", "c1", cause: null, savedAt: "0101T11");
        Assert.Equal(["etcd-20260101T110000Z"], Expired(new SnapshotRetention { KeepLast = 1 }, "0103T10"));
    }

    [Fact]
    public void A_restored_cluster_goes_on_with_the_snapshots_of_the_one_that_it_stands_in_for()
    {
        Add("0101T10", "c0");
        Add("0102T10", "c1");
        Add("0103T10", "other");
        var retention = new SnapshotRetention { KeepLast = 1 };
        Assert.Empty(Expired(retention, "0104T10", clusterId: "c2"));
        Note("c2", "c1");
        Assert.Equal(["0102T10"], Expired(retention, "0104T10", clusterId: "c2"));
        Note("c1", "c0");
        Note("c0", "c2"); // A circle is no reason to go round for ever.
        Assert.Equal(["0101T10", "0102T10"], Expired(retention, "0104T10", clusterId: "c2"));
    }

    private void Note(string clusterId, string predecessorId) => new ClusterLineage
    {
        Schema = ClusterLineage.CurrentSchema,
        ClusterId = clusterId,
        PredecessorId = predecessorId,
        OperationId = "op",
        RestoredAt = Time("0103T10"),
    }.WriteTo(_folder.Path);

    private IEnumerable<string?> Expired(SnapshotRetention retention, string saved, List<string>? warnings = null, string clusterId = "c1") =>
        retention.Expired(_folder.Path, clusterId, _folder.File(saved + ".db"), Time(saved), (warnings ?? []).Add)
            .Select(Path.GetFileNameWithoutExtension);

    private static DateTimeOffset Time(string stamp) =>
        DateTimeOffset.ParseExact("2026" + stamp, "yyyyMMdd'T'HH", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static byte[] Bytes(string content)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(content.PadRight(40));
        return [.. bytes, .. SHA256.HashData(bytes)];
    }

    private void Add(string name, string clusterId, SnapshotCause? cause = SnapshotCause.Run, string? savedAt = null)
    {
        var path = _folder.File(name + ".db");
        var bytes = Bytes(name);
        File.WriteAllBytes(path, bytes);
        TestManifest.Write(path, TestManifest.New with
        {
            File = name + ".db",
            Size = bytes.Length,
            Sha256 = Convert.ToHexString(bytes[^32..]).ToLowerInvariant(),
            SavedAt = Time(savedAt ?? name),
            Cause = cause,
            ClusterId = clusterId,
        });
    }
}
