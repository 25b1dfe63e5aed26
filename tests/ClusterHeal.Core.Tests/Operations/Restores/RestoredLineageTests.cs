using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Operations.Restores;
using ClusterHeal.Tests.Etcd.Snapshots;

namespace ClusterHeal.Tests.Operations.Restores;

/// <summary>Which cluster a restored one is said to stand in for, and where that is written.</summary>
public sealed class RestoredLineageTests : IDisposable
{
    private readonly TempFolder _snapshots = new();
    private readonly TempFolder _last = new();

    public void Dispose()
    {
        _snapshots.Dispose();
        _last.Dispose();
    }

    [Fact]
    public void The_cluster_whose_members_answered_is_noted_beside_the_snapshot_and_beside_the_last_one()
    {
        Note([0xc1, 0xc1]);
        Assert.Equal(["c1", "c2"], Line(_snapshots));
        Assert.Equal(["c1", "c2"], Line(_last));
    }

    [Fact]
    public void Members_of_two_clusters_are_no_predecessor()
    {
        Note([0xc0, 0xc1]);
        Assert.Equal(["c2"], Line(_snapshots));
    }

    [Theory]
    [InlineData("https://10.0.0.1:2380", true)]
    [InlineData("https://10.9.9.9:2380", false)] // A copy of a cluster that may live on elsewhere.
    public void Where_nobody_answered_the_manifest_counts_if_its_members_had_the_same_addresses(string address, bool counts)
    {
        var bytes = Fixture.Read("etcd/snap.db");
        File.WriteAllBytes(_snapshots.File("a.db"), bytes);
        TestManifest.Write(_snapshots.File("a.db"), TestManifest.New with
        {
            Size = bytes.Length,
            Sha256 = Convert.ToHexString(bytes[^32..]).ToLowerInvariant(),
            Members = [new SnapshotManifestMember("m", "m1", [address], [], false)],
        });
        Note([]);
        Assert.Equal(counts ? ["c1", "c2"] : ["c2"], Line(_snapshots));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_a_warning()
    {
        Directory.Delete(_last.Path);
        var sink = Note([0xc1]);
        Directory.CreateDirectory(_last.Path);
        Assert.Contains("could not be noted", Assert.Single(sink.Warnings), StringComparison.Ordinal);
        Assert.Equal(["c1", "c2"], Line(_snapshots));
    }

    private static IEnumerable<string> Line(TempFolder folder) => ClusterLineage.Of(folder.Path, "c2").Order(StringComparer.Ordinal);

    private RecordingSink Note(ulong[] before)
    {
        var sink = new RecordingSink();
        var plan = SamplePlan.Plan with
        {
            Data = SamplePlan.Plan.Data with { Path = _snapshots.File("a.db"), SnapshotRevision = 1 },
            LastSnapshotPath = _last.File("before-op.db"),
        };
        RestoredLineage.Note(plan, before, TimeProvider.System, sink);
        return sink;
    }
}
