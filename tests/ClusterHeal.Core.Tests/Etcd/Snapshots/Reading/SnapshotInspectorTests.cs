using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>What Get-EtcdSnapshot says of the manifest beside a file. The numbers are those that etcdutl prints of the fixture.</summary>
public sealed class SnapshotInspectorTests : IDisposable
{
    private static readonly DateTimeOffset SavedAt = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_manifest_says_who_saved_it_when_and_from_which_member()
    {
        var (snapshot, warnings) = await InspectAsync(manifest => manifest);
        Assert.Empty(warnings);
        var origin = snapshot.Origin!;
        Assert.Equal((SavedAt, "ada@kubem00", "https://10.0.0.1:2379"), (origin.SavedAt, origin.SavedBy, origin.Endpoint));
        Assert.Equal(("8e9e05c52164694d", "cdf818194e3a8c32", "3.5.30"), (origin.MemberId, origin.ClusterId, origin.ServerVersion));
    }

    [Fact]
    public async Task A_manifest_of_before_is_read_and_a_renamed_pair_still_fits()
    {
        var (snapshot, warnings) = await InspectAsync(manifest => manifest with { SavedBy = null, File = "another name.db" });
        Assert.Empty(warnings);
        Assert.Equal((SavedAt, null), (snapshot.Origin!.SavedAt, snapshot.Origin.SavedBy));
    }

    [Theory]
    [InlineData("size", "it has 86048 bytes, and 86049 were saved")]
    [InlineData("sha256", "and 00 was saved")]
    [InlineData("hash", "the hash of its records is 352219d5, and 352219d4 was saved")]
    public async Task A_file_that_is_not_the_one_of_its_manifest_is_told_with_what_differs(string what, string said)
    {
        var (snapshot, warnings) = await InspectAsync(manifest => what switch
        {
            "size" => manifest with { Size = manifest.Size + 1 },
            "sha256" => manifest with { Sha256 = "00" },
            _ => manifest with { Hash = manifest.Hash - 1 },
        });
        Assert.Null(snapshot.Origin);
        Assert.Contains(said, Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public async Task A_file_that_was_cut_fails_its_first_check(double part)
    {
        var whole = Fixture.Read("etcd/snap.db");
        var cut = (int)(whole.Length * part);
        await File.WriteAllBytesAsync(_folder.File("cut.db"), whole[..cut], TestContext.Current.CancellationToken);
        var results = await SnapshotTester.TestAsync(_folder.File("cut.db"), null, null, TestContext.Current.CancellationToken);
        Assert.Equal(("File", CheckStatus.Fail), (results[0].Name, results[0].Status));
        Assert.Contains($"{cut}", results[0].Message, StringComparison.Ordinal);
        Assert.False(SnapshotTester.IsProven(results));
    }

    [Fact]
    public async Task What_is_no_manifest_is_passed_over()
    {
        var (snapshot, warnings) = await InspectAsync(manifest => manifest with { Schema = "another/1" });
        Assert.Null(snapshot.Origin);
        Assert.Empty(warnings);
    }

    private async Task<(EtcdSnapshot Snapshot, IReadOnlyList<string> Warnings)> InspectAsync(Func<SnapshotManifest, SnapshotManifest> change)
    {
        var path = _folder.File("a.db");
        var bytes = Fixture.Read("etcd/snap.db");
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        var manifest = TestManifest.New with
        {
            Size = bytes.Length,
            Sha256 = Convert.ToHexString(bytes[^32..]).ToLowerInvariant(),
            Hash = 891427285,
            Revision = 53,
            SavedAt = SavedAt,
            SavedBy = "ada@kubem00",
            Endpoint = "https://10.0.0.1:2379",
            MemberId = "8e9e05c52164694d",
            ClusterId = "cdf818194e3a8c32",
            ServerVersion = "3.5.30",
        };
        TestManifest.Write(path, change(manifest));
        var sink = new RecordingSink();
        await SnapshotInspector.InspectAsync(path, sink, TestContext.Current.CancellationToken);
        return (Assert.IsType<EtcdSnapshot>(Assert.Single(sink.Records)), [.. sink.Warnings]);
    }
}
