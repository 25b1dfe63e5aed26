using System.Text.Json;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Processes;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>Saving from real servers, with etcdctl and etcdutl as oracles.</summary>
public sealed class SnapshotSaverTests : IDisposable
{
    private const int Megabyte = 1024 * 1024;
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(EtcdRelease.V34)]
    [InlineData(EtcdRelease.V35)]
    public async Task Our_file_and_that_of_etcdctl_are_equal_and_etcdutl_restores_ours(EtcdRelease release)
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Release = release, Tls = true }, Stop);
        var connection = await TestConnection.ToAsync(etcd, Stop);
        using var client = connection.OpenFirst();
        await FillAsync(client, 3);
        await client.DeleteRangeAsync(new DeleteRangeRequest { Key = Key(1) }, Stop);
        await client.LeaseGrantAsync(new LeaseGrantRequest { TTL = 1000 }, Stop);
        await client.CompactAsync(new CompactionRequest { Revision = 3, Physical = true }, Stop);
        string ours = _folder.File("ours.db"), theirs = _folder.File("theirs.db");

        var (snapshot, sink) = await SaveAsync(connection, new SnapshotSaveOptions { Path = ours });
        (await etcd.EtcdCtlAsync(Stop, "snapshot", "save", theirs)).Expect();

        var status = await StatusAsync(etcd, ours);
        Assert.Equal(await StatusAsync(etcd, theirs), status);
        Assert.Equal(status, (snapshot.Hash, snapshot.Revision, snapshot.TotalKeys, snapshot.Size));
        Assert.Equal(SnapshotChecksum.Verified, snapshot.Checksum);
        Assert.Equal((ours, new FileInfo(ours).Length), (snapshot.Path, snapshot.FileSize));
        Assert.Equal(["ours.db", "ours.db.manifest.json", "theirs.db"], _folder.FileNames);
        AssertOnlyTheOwnerCanRead("ours.db");
        AssertOnlyTheOwnerCanRead("ours.db.manifest.json");
        Assert.True(sink.Reports[^1].Completed);

        var live = await client.HashKVAsync(snapshot.HashKvRevision, Stop);
        Assert.Equal((live.Hash, live.CompactRevision), (snapshot.HashKv, snapshot.CompactRevision));
        var manifest = SnapshotManifest.Find(ours)!;
        Assert.Equal((snapshot.Sha256, snapshot.HashKv, 1), (manifest.Sha256, manifest.HashKv, manifest.Members.Length));
        Assert.Equal(live.Header.ClusterId.ToString("x", null), manifest.ClusterId);

        var options = new LocalEtcdOptions { Release = release, DataFolder = _folder.File("restored") };
        await using var restored = await LocalEtcd.PrepareAsync(options, Stop);
        var member = restored.Members[0];
        (await restored.EtcdUtlAsync(
            Stop, "snapshot", "restore", ours, $"--name={member.Name}", $"--data-dir={member.DataFolder}",
            $"--initial-cluster={member.Name}={member.PeerUrl}", $"--initial-advertise-peer-urls={member.PeerUrl}")).Expect();
        await restored.StartMembersAsync(Stop);
        using var again = (await TestConnection.ToAsync(restored, Stop)).OpenFirst();
        Assert.Equal(snapshot.HashKv, (await again.HashKVAsync(snapshot.HashKvRevision, Stop)).Hash);
    }

    [Fact]
    public async Task A_member_that_dies_in_the_middle_leaves_nothing_and_another_takes_over()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Members = 3, Tls = true }, Stop);
        var connection = await TestConnection.ToAsync(etcd, Stop);
        using (var client = connection.OpenFirst()) await FillAsync(client, 24);
        var port = 0;
        var dialer = new GatedDialer(4 * Megabyte, _ => etcd.Members.Single(m => new Uri(m.ClientUrl).Port == port).KillAsync());
        var gated = connection with { Dialer = (host, p, token) => dialer.DialAsync(host, port = p, token) };

        var (snapshot, sink) = await SaveAsync(gated, new SnapshotSaveOptions { Path = _folder.File("a.db") });
        Assert.Contains(sink.Warnings, warning => warning.Contains("broke the connection", StringComparison.Ordinal));
        Assert.Equal(SnapshotChecksum.Verified, snapshot.Checksum);
        Assert.Equal(["a.db", "a.db.manifest.json"], _folder.FileNames);
    }

    /// <summary>Alarms are asked by way of the quorum. A snapshot of what is left is then worth more than ever.</summary>
    [Fact]
    public async Task A_member_without_quorum_is_saved_with_a_warning_that_its_alarms_are_not_known()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Members = 2 }, Stop);
        await etcd.Members[1].KillAsync();
        var connection = await TestConnection.ToAsync(etcd, Stop) with { Endpoints = [EtcdEndpoint.Parse(etcd.Endpoint)], CallTimeout = TimeSpan.FromSeconds(2) };

        var (snapshot, sink) = await SaveAsync(connection, new SnapshotSaveOptions { Path = _folder.File("a.db") });

        Assert.Equal(SnapshotChecksum.Verified, snapshot.Checksum);
        Assert.Contains(sink.Warnings, warning => warning.Contains("as a corrupt member would, is not known", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_only_member_that_dies_falls_silent_or_sends_a_wrong_byte_leaves_the_old_file_as_it_was()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        var connection = await TestConnection.ToAsync(etcd, Stop);
        using (var client = connection.OpenFirst()) await FillAsync(client, 24);
        var path = _folder.File("a.db");
        await File.WriteAllTextAsync(path, "the old one", Stop);
        var options = new SnapshotSaveOptions { Path = path, Force = true };

        await FailsAsync(ErrorIds.SnapshotStreamInvalid, options, bytes =>
        {
            bytes[InsideAValue(bytes)] ^= 1;
            return Task.CompletedTask;
        });
        await FailsAsync(ErrorIds.EtcdTimeout, options with { IdleTimeout = TimeSpan.FromSeconds(1) }, _ =>
        {
            etcd.Members[0].Freeze();
            return Task.CompletedTask;
        });
        etcd.Members[0].Thaw();
        await FailsAsync(ErrorIds.ConnectionLost, options, _ => etcd.Members[0].KillAsync());

        async Task FailsAsync(string errorId, SnapshotSaveOptions how, Func<byte[], Task> atGate)
        {
            var dialer = new GatedDialer(4 * Megabyte, atGate);
            var error = await Assert.ThrowsAnyAsync<ClusterHealException>(
                () => SaveAsync(connection with { Dialer = dialer.DialAsync }, how));
            Assert.Equal(errorId, error.ErrorId);
            Assert.Equal(["a.db"], _folder.FileNames);
            Assert.Equal("the old one", await File.ReadAllTextAsync(path, Stop));
        }
    }

    [Fact]
    public async Task Cancelled_in_the_middle_it_ends_there_and_leaves_nothing()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        var connection = await TestConnection.ToAsync(etcd, Stop);
        using (var client = connection.OpenFirst()) await FillAsync(client, 24);
        using var user = new CancellationTokenSource();
        var dialer = new GatedDialer(4 * Megabyte, _ => user.CancelAsync());

        var saver = new SnapshotSaver(
            connection with { Dialer = dialer.DialAsync }, new SnapshotSaveOptions { Path = _folder.File("a.db") }, TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => saver.RunAsync(new RecordingSink(), user.Token));
        Assert.Empty(_folder.FileNames);
    }

    [Fact]
    public async Task A_full_disk_and_a_folder_that_cannot_be_written_are_named()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        var connection = await TestConnection.ToAsync(etcd, Stop);
        using (var client = connection.OpenFirst()) await FillAsync(client, 4);
        // Which of the two it is depends on the size that the member tells, which may lag behind what it sends.
        await OnTmpfsAsync("size=1m", FaultCategory.ResourceExhausted, ErrorIds.SnapshotNoSpace, ErrorIds.PathInputOutput);
        await OnTmpfsAsync("ro", FaultCategory.InvalidOperation, ErrorIds.PathInputOutput);

        async Task OnTmpfsAsync(string mountOptions, FaultCategory category, params string[] errorIds)
        {
            var folder = Directory.CreateDirectory(_folder.File("mount")).FullName;
            var mount = await Tool.RunAsync("mount", ["-t", "tmpfs", "-o", mountOptions, "tmpfs", folder], Stop);
            if (mount.ExitCode != 0) Assert.Skip($"A small file system cannot be mounted here: {mount.Error}");
            try
            {
                var target = Path.Combine(folder, "a.db");
                var error = await Assert.ThrowsAnyAsync<ClusterHealException>(
                    () => SaveAsync(connection, new SnapshotSaveOptions { Path = target }));
                Assert.Contains(error.ErrorId, errorIds);
                Assert.Equal((category, target), (error.Category, error.Target));
                Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
            }
            finally
            {
                (await Tool.RunAsync("umount", [folder], CancellationToken.None)).Expect();
            }
        }
    }

    [Fact]
    public async Task A_target_that_exists_is_a_folder_or_lies_nowhere_is_refused_before_anybody_is_asked()
    {
        using var port = new ClosedPort();
        var nowhere = new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany(port.Endpoint) };
        await File.WriteAllTextAsync(_folder.File("a.db"), "old", Stop);
        await FailsAsync(ErrorIds.PathExists, _folder.File("a.db"));
        await FailsAsync(ErrorIds.PathNotSuitable, _folder.Path);
        await FailsAsync(ErrorIds.PathNotFound, _folder.File("no/such/a.db"));
        await FailsAsync(ErrorIds.PathNotSuitable, _folder.File(new string('n', 243)));
        await FailsAsync(ErrorIds.ConnectionRefused, _folder.File("b.db"));

        async Task FailsAsync(string errorId, string path)
        {
            var error = await Assert.ThrowsAnyAsync<ClusterHealException>(
                () => SaveAsync(nowhere, new SnapshotSaveOptions { Path = path }));
            Assert.Equal(errorId, error.ErrorId);
            Assert.Equal(["a.db"], _folder.FileNames);
        }
    }

    [Theory]
    [InlineData("mkfifo '{0}'", "a pipe")]
    [InlineData("mknod '{0}' c 1 3", "a device")]
    [InlineData("python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' '{0}'", "a socket")]
    [InlineData("ln -s precious.db '{0}'", "a symbolic link")]
    [InlineData("ln -s nothing.db '{0}'", "a symbolic link")]
    public async Task What_is_no_file_is_not_replaced_even_by_force(string made, string what)
    {
        await File.WriteAllTextAsync(_folder.File("precious.db"), "precious", Stop);
        var path = _folder.File("target");
        var tool = await Tool.RunAsync("/bin/sh", ["-c", string.Format(null, made, path)], Stop);
        if (tool.ExitCode != 0) Assert.Skip($"It cannot be made here: {tool.Error}");
        using var port = new ClosedPort();
        var nowhere = new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany(port.Endpoint) };
        var error = await Assert.ThrowsAnyAsync<ClusterHealException>(() => SaveAsync(nowhere, new SnapshotSaveOptions { Path = path, Force = true }));
        Assert.Equal(ErrorIds.PathNotSuitable, error.ErrorId);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        (await Tool.RunAsync("/bin/sh", ["-c", $"[ ! -f '{path}' ] || [ -L '{path}' ]"], Stop)).Expect();
    }

    [Fact]
    public async Task A_learner_is_refused_and_passed_over_where_there_is_a_voter()
    {
        await using var cluster = await LearnerCluster.StartAsync(Stop);
        var voter = await TestConnection.ToAsync(cluster.Voter, Stop);
        var learner = voter with { Endpoints = [cluster.LearnerEndpoint] };
        var options = new SnapshotSaveOptions { Path = _folder.File("a.db") };
        var error = await Assert.ThrowsAsync<EtcdException>(() => SaveAsync(learner, options));
        Assert.Equal(ErrorIds.EtcdLearner, error.ErrorId);

        var (_, sink) = await SaveAsync(voter with { Endpoints = [cluster.LearnerEndpoint, .. voter.Endpoints] }, options);
        Assert.Contains(sink.Warnings, warning => warning.Contains("is a learner", StringComparison.Ordinal));
        Assert.Contains(sink.Verboses, line => line.Contains(cluster.Voter.Endpoint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Into_a_folder_it_gets_a_dated_name_and_what_is_too_old_goes_once_the_new_one_is_proven()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        var connection = await TestConnection.ToAsync(etcd, Stop);
        var clock = new SettableTime { Now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) };
        var options = new SnapshotSaveOptions { Directory = _folder.Path, Retention = new SnapshotRetention { KeepLast = 2 } };
        await File.WriteAllTextAsync(_folder.File("etcd-20200101T000000Z.db"), "not ours", Stop);
        var cluster = (await SaveAsync(connection, new SnapshotSaveOptions { Path = _folder.File("hand.db") }, clock)).Snapshot.Origin!.ClusterId;
        for (var day = 0; day < 3; day++, clock.Now = clock.Now.AddDays(1)) await SaveAsync(connection, options, clock);

        string[] expected =
        [
            "etcd-20200101T000000Z.db",
            $"etcd-{cluster}-20260103T030405Z.db", $"etcd-{cluster}-20260103T030405Z.db.manifest.json",
            $"etcd-{cluster}-20260104T030405Z.db", $"etcd-{cluster}-20260104T030405Z.db.manifest.json",
            "hand.db", "hand.db.manifest.json",
        ];
        Assert.Equal(expected.Order(), _folder.FileNames);

        var plan = new RecordingSink { Answer = false };
        await new SnapshotSaver(connection, options, clock).RunAsync(plan, Stop);
        var question = Assert.Single(plan.Questions);
        Assert.Contains($"then remove etcd-{cluster}-20260103T030405Z.db", question, StringComparison.Ordinal);
        Assert.Contains($"etcd-{cluster}-20260105T030405Z.db", question, StringComparison.Ordinal);
        Assert.Equal(expected.Order(), _folder.FileNames);
        Assert.Empty(plan.Records);
    }

    [Fact]
    public async Task Two_runs_in_one_second_and_two_clusters_in_one_folder_never_meet()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        await using var other = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        var (connection, second) = (await TestConnection.ToAsync(etcd, Stop), await TestConnection.ToAsync(other, Stop));
        var clock = new SettableTime { Now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) };
        var options = new SnapshotSaveOptions { Directory = _folder.Path, Retention = new SnapshotRetention { KeepLast = 4 }, Force = true };
        var saved = await Task.WhenAll(new[] { connection, connection, connection, second }.Select(c => SaveAsync(c, options, clock)));
        var paths = saved.Select(s => s.Snapshot.Path).ToArray();
        Assert.Equal(4, paths.Distinct().Count());
        Assert.All(paths, path => Assert.Equal(Path.GetFileName(path), SnapshotManifest.Find(path)?.File));
        Assert.All(saved, s => Assert.Contains(s.Snapshot.Origin!.ClusterId, s.Snapshot.Path, StringComparison.Ordinal));
        Assert.Equal(2, saved.Select(s => s.Snapshot.Origin!.ClusterId).Distinct().Count());

        var both = connection with { Endpoints = [.. connection.Endpoints, .. second.Endpoints] };
        var error = await Assert.ThrowsAnyAsync<ClusterHealException>(() => SaveAsync(both, options, clock));
        Assert.Contains("those of 2 clusters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_killed_process_left_goes_with_the_next_run_into_the_folder()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        var left = _folder.File(".clusterheal-0123.part");
        await File.WriteAllTextAsync(left, "left behind", Stop);
        File.SetLastWriteTimeUtc(left, DateTime.UtcNow.AddDays(-1));
        await SaveAsync(await TestConnection.ToAsync(etcd, Stop), new SnapshotSaveOptions { Path = _folder.File("a.db") });
        Assert.Equal(["a.db", "a.db.manifest.json"], _folder.FileNames);
    }

    private void AssertOnlyTheOwnerCanRead(string name)
    {
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File(name)));
    }

    private static ByteString Key(int number) => ByteString.CopyFromUtf8($"key{number}");

    // The heads of HTTP/2 frames and of messages have zeros side by side; random values hardly ever do.
    private static int InsideAValue(byte[] bytes)
    {
        const int around = 24;
        for (var at = bytes.Length - around; at > around; at--)
        {
            if (bytes.AsSpan(at - around, 2 * around).IndexOf([(byte)0, (byte)0]) < 0) return at;
        }

        throw new InvalidOperationException("No value is among these bytes.");
    }

    private static async Task FillAsync(EtcdClient client, int megabytes)
    {
        var value = new byte[Megabyte];
        var random = new Random(1);
        for (var i = 0; i < megabytes; i++)
        {
            random.NextBytes(value);
            await client.PutAsync(new PutRequest { Key = Key(i), Value = ByteString.CopyFrom(value) }, Stop);
        }
    }

    private static async Task<(EtcdSnapshot Snapshot, RecordingSink Sink)> SaveAsync(
        EtcdConnection connection, SnapshotSaveOptions options, TimeProvider? time = null)
    {
        var sink = new RecordingSink();
        await new SnapshotSaver(connection, options, time ?? TimeProvider.System).RunAsync(sink, Stop);
        Assert.Empty(sink.Faults);
        return (Assert.IsType<EtcdSnapshot>(Assert.Single(sink.Records)), sink);
    }

    private static async Task<(uint Hash, long Revision, long TotalKeys, long Size)> StatusAsync(LocalEtcd etcd, string path)
    {
        using var status = JsonDocument.Parse((await etcd.EtcdUtlAsync(Stop, "snapshot", "status", path, "-w", "json")).Expect().Output);
        var root = status.RootElement;
        return (root.GetProperty("hash").GetUInt32(), root.GetProperty("revision").GetInt64(),
            root.GetProperty("totalKey").GetInt64(), root.GetProperty("totalSize").GetInt64());
    }

    private sealed class SettableTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
