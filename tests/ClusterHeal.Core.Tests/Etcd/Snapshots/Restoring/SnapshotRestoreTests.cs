using System.Text;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Tests.Etcd.Snapshots;

public sealed class SnapshotRestoreTests : IDisposable
{
    private static readonly InitialCluster One = InitialCluster.Parse("m1=http://127.0.0.1:2380", "t");

    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-restore-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_folder, "data");

    private string Database => Path.Combine(Data, "member", "snap", "db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_member_gets_its_whole_directory_for_its_owner_only()
    {
        var result = await RestoreAsync("etcd/snap.db");

        const string Wal = "member/wal/0000000000000000-0000000000000000.wal";
        Assert.Equal(["member/snap/0000000000000001-0000000000000001.snap", "member/snap/db", Wal], Files());
        Assert.Equal(64_000_000, new FileInfo(Path.Combine(Data, Wal)).Length);
        Assert.Equal((53, 53, null), (result.SnapshotRevision, result.Revision, result.CompactedRevision));
        Assert.Equal(new Version(3, 5), result.TargetVersion);
        Assert.Equal(new FileInfo(Database).Length, result.DatabaseSize);
        if (OperatingSystem.IsWindows()) return;
        const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        foreach (var file in Files()) Assert.Equal(Mine, File.GetUnixFileMode(Path.Combine(Data, file)));
        string[] folders = [Data, .. Directory.GetDirectories(Data, "*", SearchOption.AllDirectories)];
        foreach (var folder in folders) Assert.Equal(Mine | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Fact]
    public async Task A_log_directory_of_its_own_gets_the_log()
    {
        var wal = Path.Combine(_folder, "disk2", "wal");
        await RestoreAsync("etcd/snap.db", target: new RestoreTarget("m1", Data, wal));
        Assert.Equal(["0000000000000000-0000000000000000.wal"], Directory.GetFileSystemEntries(wal).Select(Path.GetFileName));
        Assert.Equal(["snap"], Directory.GetDirectories(Path.Combine(Data, "member")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task The_old_members_alarms_and_voters_are_gone_and_the_rest_is_kept()
    {
        var result = await RestoreAsync("etcd/alarm.db");

        var (before, after) = (DatabaseRecords.Read(Fixture.PathOf("etcd/alarm.db")), DatabaseRecords.Read(Database));
        Assert.NotEmpty(before["alarm"]);
        Assert.Empty(after["alarm"]);
        Assert.Equal([MembershipJson.Key(One.Members[0])], after["members"].Keys);
        Assert.Equal(MembershipJson.ConfState(One), Encoding.UTF8.GetString(after["meta"]["confState"]));
        foreach (var bucket in before.Keys.Except(["alarm", "members", "members_removed", "meta"])) Assert.Equal(before[bucket], after[bucket]);
        Assert.Equal([EtcdRestoreRepairKind.Alarm, EtcdRestoreRepairKind.ConfState], result.Repairs.Select(r => r.Kind));
    }

    [Fact]
    public async Task The_database_of_three_members_is_etcdutls_but_for_what_is_mended()
    {
        var cluster = InitialCluster.Parse(
            "infra1=http://127.0.0.1:12380,infra2=http://127.0.0.1:22380,infra3=http://127.0.0.1:32380", "etcd-cluster-1");
        await RestoreAsync("etcd/snap.db", new RestoreSpec { Cluster = cluster }, new RestoreTarget("infra1", Data));

        var (theirs, ours) = (DatabaseRecords.Read(Fixture.PathOf("etcd/restored3_infra1.db")), DatabaseRecords.Read(Database));
        Assert.Equal(theirs.Keys, ours.Keys);
        theirs["meta"]["confState"] = Encoding.UTF8.GetBytes(MembershipJson.ConfState(cluster));
        foreach (var bucket in theirs.Keys) Assert.Equal(theirs[bucket], ours[bucket]);
    }

    [Fact]
    public async Task Several_members_get_the_same_database_and_none_of_them_anything_if_one_fails()
    {
        var cluster = InitialCluster.Parse("m1=http://h:1,m2=http://h:2,m3=http://h:3", "t");
        RestoreTarget[] targets = [.. new[] { "m1", "m2", "m3" }.Select(name => new RestoreTarget(name, Path.Combine(_folder, name)))];
        using var restore = await SnapshotRestore.OpenAsync(Fixture.PathOf("etcd/snap.db"), new RestoreSpec { Cluster = cluster }, Cancel);

        Directory.CreateDirectory(Path.Combine(_folder, "m3", "lost+found"));
        await Assert.ThrowsAsync<ClusterHealException>(() => restore.RestoreAsync(targets, new RecordingSink(), TimeProvider.System, Cancel));
        Assert.Equal(["m3"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));

        Directory.Delete(Path.Combine(_folder, "m3"), recursive: true);
        await restore.RestoreAsync(targets, new RecordingSink(), TimeProvider.System, Cancel);
        var databases = targets.Select(target => File.ReadAllBytes(Path.Combine(target.DataDirectory, "member/snap/db"))).ToArray();
        Assert.All(databases, database => Assert.Equal(databases[0], database));
    }

    [Fact]
    public async Task Two_members_do_not_share_a_directory()
    {
        var cluster = InitialCluster.Parse("m1=http://h:1,m2=http://h:2", "t");
        using var restore = await SnapshotRestore.OpenAsync(Fixture.PathOf("etcd/snap.db"), new RestoreSpec { Cluster = cluster }, Cancel);
        RestoreTarget[] targets = [new("m1", Data), new("m2", Data + Path.DirectorySeparatorChar + ".")];
        var fault = await Assert.ThrowsAsync<ClusterHealException>(
            () => restore.RestoreAsync(targets, new RecordingSink(), TimeProvider.System, Cancel));
        Assert.Equal(ErrorIds.RestoreOptionsInvalid, fault.ErrorId);
    }

    [Fact]
    public async Task A_folder_with_something_in_it_is_refused_and_an_empty_one_is_used()
    {
        Directory.CreateDirectory(Data);
        File.WriteAllText(Path.Combine(Data, "precious"), "");
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => RestoreAsync("etcd/snap.db"));
        Assert.Equal(ErrorIds.DataDirectoryNotEmpty, fault.ErrorId);
        Assert.Equal(["precious"], Files());

        File.Delete(Path.Combine(Data, "precious"));
        await RestoreAsync("etcd/snap.db");
        Assert.Equal(3, Files().Length);
    }

    [Theory]
    [InlineData("etcd/snap_badvalue.db", ErrorIds.SnapshotHashMismatch)]
    [InlineData("etcd/restored3_infra1.db", ErrorIds.SnapshotHashMissing)]
    public async Task A_file_that_is_not_proven_is_refused_and_nothing_is_left(string fixture, string errorId)
    {
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => RestoreAsync(fixture));
        Assert.Equal(errorId, fault.ErrorId);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));

        await RestoreAsync(fixture, new RestoreSpec { Cluster = One, SkipHashCheck = true });
        Assert.Equal(3, Files().Length);
    }

    [Fact]
    public async Task A_file_cut_anywhere_is_refused_and_nothing_is_left()
    {
        var whole = Fixture.Read("etcd/snap.db");
        var path = Path.Combine(_folder, "cut.db");
        for (var length = 0; length < whole.Length; length += 1111)
        {
            File.WriteAllBytes(path, whole[..length]);
            await Assert.ThrowsAnyAsync<ClusterHealException>(() => RestoreFileAsync(path, new RestoreSpec { Cluster = One }));
            Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
        }
    }

    [Fact]
    public async Task A_restore_that_is_cancelled_leaves_nothing_and_can_be_repeated()
    {
        using var stop = new CancellationTokenSource();
        using var restore = await SnapshotRestore.OpenAsync(Fixture.PathOf("etcd/alarm.db"), new RestoreSpec { Cluster = One }, Cancel);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => restore.RestoreAsync([new RestoreTarget("m1", Data)], new RecordingSink(), TimeProvider.System, stop.Token));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        await restore.RestoreAsync([new RestoreTarget("m1", Data)], new RecordingSink(), TimeProvider.System, Cancel);
    }

    [Fact]
    public async Task What_a_killed_restore_left_does_not_stop_the_next_one()
    {
        Directory.CreateDirectory(Path.Combine(Data, ".member.part", "snap"));
        File.WriteAllText(Path.Combine(Data, ".member.part", "snap", "db"), "half");
        await RestoreAsync("etcd/snap.db");
        Assert.Equal(3, Files().Length);
    }

    [Fact]
    public async Task The_revision_moves_on_in_etcdutls_own_form()
    {
        var result = await RestoreAsync("etcd/snap.db", new RestoreSpec { Cluster = One, BumpRevision = 1000, MarkCompacted = true });

        Assert.Equal((53, 1053, 1053), (result.SnapshotRevision, result.Revision, result.CompactedRevision));
        var after = DatabaseRecords.Read(Database);
        Assert.Equal("000000000000041D5F0000000000000000", Convert.ToHexString(after["meta"]["scheduledCompactRev"]));
        var last = after["key"].Last();
        Assert.Equal("000000000000041D5F0000000000000000", Convert.ToHexString(Encoding.Latin1.GetBytes(last.Key)));
        Assert.Empty(last.Value);
    }

    [Fact]
    public async Task The_plan_says_what_the_restore_then_does()
    {
        var spec = new RestoreSpec { Cluster = One, BumpRevision = 5, MarkCompacted = true };
        using var restore = await SnapshotRestore.OpenAsync(Fixture.PathOf("etcd/snap36.db"), spec, Cancel);
        Assert.Equal(589, restore.Plan.SnapshotRevision);
        Assert.Equal((new Version(3, 6), new Version(3, 6)), (restore.Plan.SnapshotVersion, restore.Plan.TargetVersion));
        Assert.Contains(restore.Plan.Describe(), step => step.Contains("to 594", StringComparison.Ordinal));
        var result = await restore.RestoreAsync([new RestoreTarget("m1", Data)], new RecordingSink(), TimeProvider.System, Cancel);
        Assert.Equal(594, result[0].Revision);
    }

    [Fact]
    public async Task Options_that_contradict_each_other_or_the_file_are_refused()
    {
        Assert.Equal(ErrorIds.RestoreOptionsInvalid, await RefusalAsync(new RestoreSpec { Cluster = One, BumpRevision = 5 }));
        Assert.Equal(ErrorIds.RestoreOptionsInvalid, await RefusalAsync(new RestoreSpec { Cluster = One, MarkCompacted = true }));
        Assert.Equal(ErrorIds.RestoreOptionsInvalid, await RefusalAsync(new RestoreSpec { Cluster = One, TargetVersion = new(3, 3) }));
        Assert.Equal(ErrorIds.SnapshotNewerThanTarget, await RefusalAsync(new RestoreSpec { Cluster = One, TargetVersion = new(3, 5) }));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));

        async Task<string> RefusalAsync(RestoreSpec spec) =>
            (await Assert.ThrowsAsync<ClusterHealException>(() => RestoreAsync("etcd/snap36.db", spec))).ErrorId;
    }

    private async Task<EtcdRestoreResult> RestoreAsync(string fixture, RestoreSpec? spec = null, RestoreTarget? target = null) =>
        await RestoreFileAsync(Fixture.PathOf(fixture), spec ?? new RestoreSpec { Cluster = One }, target);

    private async Task<EtcdRestoreResult> RestoreFileAsync(string path, RestoreSpec spec, RestoreTarget? target = null)
    {
        using var restore = await SnapshotRestore.OpenAsync(path, spec, Cancel);
        return (await restore.RestoreAsync([target ?? new RestoreTarget("m1", Data)], new RecordingSink(), TimeProvider.System, Cancel)).Single();
    }

    private string[] Files() =>
        [.. Directory.GetFiles(Data, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Data, file)).Order(StringComparer.Ordinal)];
}
