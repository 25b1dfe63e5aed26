using System.Security.Cryptography;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>Snapshots of real servers, with what etcdutl and the live members said of them.</summary>
public sealed class KnownSnapshotTests
{
    [Theory]
    [InlineData("etcd/snap.db", 891427285u, 53, 61, 49, 86016, "", 119939006u, 20)]
    [InlineData("etcd/snap36.db", 2045069483u, 589, 409, 291, 184320, "3.6.0", 1423362471u, 495)]
    [InlineData("etcd/snap36-3m.db", 437112134u, 171, 164, 100, 57344, "3.6.0", 1527649451u, 140)]
    [InlineData("kubernetes/kube-1.36-etcd-3.5.db", 3104329550u, 576, 586, -1, 1011712, "", 726946299u, -1)]
    public async Task All_that_etcdutl_and_the_live_members_say_comes_out(
        string fixture, uint hash, long revision, long totalKeys, long liveKeys, long size, string version, uint hashKv, long compactRevision)
    {
        var inspection = await InspectAsync(fixture);
        var snapshot = inspection.RequireSound();
        Assert.Equal(hash, snapshot.Hash);
        Assert.Equal(revision, snapshot.Revision);
        Assert.Equal(totalKeys, snapshot.TotalKeys);
        if (liveKeys >= 0) Assert.Equal(liveKeys, snapshot.LiveKeys);
        Assert.Equal(size, snapshot.Size);
        Assert.Equal(size + 32, snapshot.FileSize);
        Assert.Equal(version, snapshot.Version);
        Assert.Equal((hashKv, revision, compactRevision), (snapshot.HashKv, snapshot.HashKvRevision, snapshot.CompactRevision));
        Assert.Equal(SnapshotChecksum.Verified, snapshot.Checksum);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(Fixture.Read(fixture).AsSpan()[..^32])), snapshot.Sha256, ignoreCase: true);
        Assert.Empty(inspection.MetaFindings);
        Assert.Empty(inspection.MetadataProblems);
    }

    [Fact]
    public async Task The_hash_is_also_given_in_the_form_of_the_table() =>
        Assert.Equal("352219d5", (await InspectAsync("etcd/snap.db")).Snapshot.HashText);

    [Fact]
    public async Task A_byte_changed_in_a_value_changes_the_hash_and_breaks_the_checksum_and_nothing_else()
    {
        var inspection = await InspectAsync("etcd/snap_badvalue.db");
        Assert.False(inspection.IsDamaged);
        Assert.Equal(1458310750u, inspection.Snapshot.Hash);
        Assert.Equal(SnapshotChecksum.Wrong, inspection.Snapshot.Checksum);
    }

    [Fact]
    public async Task An_alarm_that_would_come_back_with_the_snapshot_is_seen()
    {
        var alarm = Assert.Single((await InspectAsync("etcd/alarm.db")).RequireSound().Alarms);
        Assert.Equal("NOSPACE", alarm.Alarm);
    }

    [Fact]
    public async Task Members_learners_and_versions_are_read()
    {
        var snapshot = (await InspectAsync("etcd/snap36-3m.db")).RequireSound();
        Assert.Equal(4, snapshot.Members.Length);
        Assert.Single(snapshot.Members, m => m.IsLearner);
        Assert.All(snapshot.Members, m => Assert.StartsWith("http://", Assert.Single(m.PeerUrls), StringComparison.Ordinal));
        Assert.Equal("3.6.0", snapshot.ClusterVersion);
    }

    [Fact]
    public async Task Leases_and_authentication_are_read()
    {
        var snapshot = (await InspectAsync("etcd/snap36.db")).RequireSound();
        Assert.Equal(1, snapshot.Leases);
        Assert.False(snapshot.AuthEnabled);
    }

    [Fact]
    public async Task The_live_keys_of_a_cluster_are_counted_by_resource_as_its_key_list_has_them()
    {
        var snapshot = (await InspectAsync("kubernetes/kube-1.36-etcd-3.5.db")).RequireSound();
        var keys = File.ReadAllLines(Fixture.PathOf("kubernetes/keys.txt")).Where(k => k.Length > 0).ToArray();
        Assert.Equal(keys.Length, snapshot.LiveKeys);

        Assert.Equal(CountOf("/registry/minions/"), Counted("nodes"));
        Assert.Equal(CountOf("/registry/services/specs/"), Counted("services"));
        Assert.Equal(CountOf("/registry/services/endpoints/"), Counted("endpoints"));
        Assert.Equal(CountOf("/registry/pods/"), Counted("pods"));
        Assert.Equal(CountOf("/registry/apiregistration.k8s.io/apiservices/"), Counted("apiservices.apiregistration.k8s.io"));
        Assert.Equal(keys.Count(k => !k.StartsWith("/registry/", StringComparison.Ordinal)), Counted("(other)"));
        Assert.Equal(snapshot.LiveKeys, snapshot.Resources.Sum(r => r.Count));

        int CountOf(string prefix) => keys.Count(k => k.StartsWith(prefix, StringComparison.Ordinal));
        long Counted(string resource) => snapshot.Resources.FirstOrDefault(r => r.Resource == resource)?.Count ?? 0;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(32768)]
    public async Task A_scan_of_the_stream_gives_the_same_whatever_its_blocks(int block)
    {
        var path = Fixture.PathOf("etcd/snap.db");
        using var scan = new SnapshotScan();
        foreach (var part in File.ReadAllBytes(path).Chunk(block)) scan.Append(part);
        var streamed = await scan.CompleteAsync(path, TestContext.Current.CancellationToken);
        var atRest = await InspectAsync("etcd/snap.db");
        Assert.Equal(atRest.Snapshot.Sha256, streamed.Snapshot.Sha256);
        Assert.Equal(SnapshotChecksum.Verified, streamed.Snapshot.Checksum);
        Assert.Equal(891427285u, streamed.Snapshot.Hash);
    }

    private static Task<SnapshotInspection> InspectAsync(string fixture) =>
        SnapshotInspection.ProveAsync(Fixture.PathOf(fixture), TestContext.Current.CancellationToken);
}
