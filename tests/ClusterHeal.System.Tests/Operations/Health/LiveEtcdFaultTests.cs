using System.Diagnostics;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Tests.Etcd;
using Etcdserverpb;
using Google.Protobuf;
using HostLab = ClusterHeal.Tests.Hosts.HostLab;

namespace ClusterHeal.Tests.Operations.Health;

/// <summary>
/// Faults of etcd that take no Kubernetes, in real members on loopback: each is found alone, and is gone when the remedy that is named was
/// followed with etcd's own tools.
/// </summary>
public sealed class LiveEtcdFaultTests
{
    private const int Mebi = 1 << 20;

    /// <summary>Pages are shared by few values of that size, so a database grows by little more than is written to it.</summary>
    private const int ValueSize = Mebi / 16;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_corrupt_member_is_named()
    {
        LongTests.SkipUnlessWanted();
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Members = 3 }, Stop);
        await CtlAsync(etcd, "put", "colours", "blue-and-yellow");
        await UntilAsync(etcd);

        var corrupt = etcd.Members[2];
        await corrupt.StopAsync(Stop);
        CorruptValue.Write(Path.Combine(corrupt.DataFolder, "member", "snap", "db"), "blue-and-yellow", "blue-and-fellow");
        await corrupt.StartAsync(Stop);
        await UntilAsync(etcd, $"EtcdHash Fail {corrupt.Name}");

        var members = (await etcd.EtcdCtlAsync(Stop, "member", "list")).Expect().Output.Split('\n');
        var line = members.First(m => m.Contains(corrupt.PeerUrl, StringComparison.Ordinal));
        await EventuallyAsync(etcd, "member", "remove", line.Split(',')[0]);
        await corrupt.StopAsync(Stop);
        Directory.Delete(corrupt.DataFolder, recursive: true);
        await EventuallyAsync(etcd, "member", "add", corrupt.Name, $"--peer-urls={corrupt.PeerUrl}");
        corrupt.Arguments = ["--initial-cluster-state=existing"];
        await corrupt.StartAsync(Stop);
        await UntilAsync(etcd);
    }

    [Fact]
    public async Task A_member_that_was_restored_from_another_snapshot_is_found_by_its_revision()
    {
        LongTests.SkipUnlessWanted();
        using var folder = new TempFolder();
        await using (var source = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop))
        {
            await CtlAsync(source, "put", "a", "1");
            await CtlAsync(source, "snapshot", "save", folder.File("old.db"));
            for (var i = 0; i < 5; i++) await CtlAsync(source, "put", "b", $"{i}");
            await CtlAsync(source, "snapshot", "save", folder.File("new.db"));
        }

        await using var etcd = await LocalEtcd.PrepareAsync(new LocalEtcdOptions { Members = 3 }, Stop);
        await RestoreAsync(etcd, member => folder.File(member == etcd.Members[2] ? "old.db" : "new.db"));
        await etcd.StartMembersAsync(Stop);
        // Their hashes are the same at the revision that all have reached, and so are their places in the log.
        var found = Assert.Single(await UntilAsync(etcd, "EtcdRevision Fail practice"));
        Assert.Contains("had reached revision 7 before", found.Message, StringComparison.Ordinal);
        Assert.Contains($"{etcd.Members[2].Name} is at 2", found.Message, StringComparison.Ordinal);

        foreach (var member in etcd.Members)
        {
            await member.StopAsync(Stop);
            Directory.Delete(member.DataFolder, recursive: true);
        }

        await RestoreAsync(etcd, _ => folder.File("new.db"));
        await etcd.StartMembersAsync(Stop);
        await UntilAsync(etcd);
    }

    [Fact]
    public async Task An_upgrade_that_is_half_done_is_found()
    {
        var newer = (await EtcdPrograms.GetAsync(EtcdRelease.V35, Stop)).Server;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Release = EtcdRelease.V34, Members = 3 }, Stop);
        await UntilAsync(etcd);
        foreach (var member in etcd.Members)
        {
            await member.StopAsync(Stop);
            member.Program = newer;
            await member.StartAsync(Stop);
            // A compaction to a tombstone, which 3.5.16 keeps and 3.4.23 does not, must not look like corruption.
            await CtlAsync(etcd, "put", "gone", member.Name);
            await CtlAsync(etcd, "del", "gone");
            await CtlAsync(etcd, "compact", $"{await RevisionAsync(etcd)}");
            await CtlAsync(etcd, "put", "kept", member.Name);
            string[] expected = member == etcd.Members[^1] ? [] : ["EtcdVersion Warning practice"];
            await UntilAsync(etcd, expected);
        }
    }

    [Theory]
    [InlineData(EtcdRelease.V34)]
    [InlineData(EtcdRelease.V35)]
    public async Task A_database_is_measured_by_its_own_quota(EtcdRelease release)
    {
        const int Quota = 64 * Mebi;
        var options = new LocalEtcdOptions { Release = release, Arguments = [$"--quota-backend-bytes={Quota}"] };
        await using var etcd = await LocalEtcd.StartAsync(options, Stop);
        var member = etcd.Members[0].Name;
        await UntilAsync(etcd);

        await FillAsync(etcd, Quota / 8 * 5);
        await UntilAsync(etcd);
        await GrowAsync(etcd, $"EtcdSize Warning {member}");
        await GrowAsync(etcd, $"EtcdSize Fail {member}");
        await GrowAsync(etcd, $"EtcdAlarms Fail {member}", $"EtcdSize Fail {member}");

        // The room was taken by former values of one key.
        await CtlAsync(etcd, "compact", $"{await RevisionAsync(etcd)}");
        await EventuallyAsync(etcd, "defrag");
        await CtlAsync(etcd, "alarm", "disarm");
        await UntilAsync(etcd);
    }

    [Fact]
    public async Task A_database_of_more_air_than_data_is_found()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        await UntilAsync(etcd);
        await FillAsync(etcd, 120 * Mebi);
        await UntilAsync(etcd);
        await CtlAsync(etcd, "compact", $"{await RevisionAsync(etcd)}");
        // What became free counts as free from the next writes on.
        await GrowAsync(etcd, $"EtcdFragmentation Warning {etcd.Members[0].Name}");
        await EventuallyAsync(etcd, "defrag");
        await UntilAsync(etcd);
    }

    [Fact]
    public async Task An_alarm_of_corruption_is_found()
    {
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        using var client = (await TestConnection.ToAsync(etcd, Stop)).OpenFirst();
        var member = (await client.StatusAsync(Stop)).Header.MemberId;
        await client.AlarmAsync(
            new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Activate, MemberID = member, Alarm = AlarmType.Corrupt }, Stop);
        await UntilAsync(etcd, $"EtcdAlarms Fail {etcd.Members[0].Name}");
        await CtlAsync(etcd, "alarm", "disarm");
        await UntilAsync(etcd);
    }

    /// <summary>Looks until exactly this is not well.</summary>
    private static async Task<IReadOnlyList<CheckResult>> UntilAsync(LocalEtcd etcd, params string[] expected)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var (bad, said) = await LookAsync(etcd);
            if (said.SequenceEqual(expected.Order(StringComparer.Ordinal))) return bad;
            Assert.True(clock.Elapsed < Patience, $"Expected: {string.Join("; ", expected)}. Found: {string.Join("; ", bad)}");
            await Task.Delay(200, Stop);
        }
    }

    private static async Task<(IReadOnlyList<CheckResult> Bad, string[] Said)> LookAsync(LocalEtcd etcd)
    {
        var sources = new HealthSources { ClusterName = "practice", Etcd = await TestConnection.ToAsync(etcd, Stop) };
        var test = new ClusterHealthTest(sources, new HealthOptions { Areas = [HealthArea.Etcd] }, TimeProvider.System);
        var bad = (await test.RunAsync(Stop)).Where(r => r.Status != CheckStatus.Pass).ToList();
        Assert.All(bad, r => Assert.False(string.IsNullOrWhiteSpace(r.Remedy)));
        return (bad, [.. bad.Select(r => $"{r.Name} {r.Status} {r.Target}").Order(StringComparer.Ordinal)]);
    }

    private static async Task CtlAsync(LocalEtcd etcd, params string[] arguments) => (await etcd.EtcdCtlAsync(Stop, arguments)).Expect();

    /// <summary>For what etcd refuses while its members have just come or gone.</summary>
    private static Task EventuallyAsync(LocalEtcd etcd, params string[] arguments) => HostLab.EventuallyAsync(
        async () => (await etcd.EtcdCtlAsync(Stop, arguments)).ExitCode == 0, $"etcdctl {string.Join(' ', arguments)}");

    private static async Task<long> RevisionAsync(LocalEtcd etcd)
    {
        using var client = (await TestConnection.ToAsync(etcd, Stop)).OpenFirst();
        var read = new RangeRequest { Key = ByteString.CopyFromUtf8("kept"), CountOnly = true };
        return (await client.RangeAsync(read, Stop)).Header.Revision;
    }

    /// <summary>Writes values to one key, so that a compaction makes room again.</summary>
    private static async Task FillAsync(LocalEtcd etcd, int bytes)
    {
        using var client = (await TestConnection.ToAsync(etcd, Stop)).OpenFirst();
        var put = new PutRequest { Key = ByteString.CopyFromUtf8("fill"), Value = ByteString.CopyFrom(new byte[ValueSize]) };
        for (var written = 0; written < bytes; written += ValueSize) await client.PutAsync(put, Stop);
    }

    /// <summary>Writes a little and looks, again and again, until exactly this is found.</summary>
    private static async Task GrowAsync(LocalEtcd etcd, params string[] expected)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var (bad, said) = await LookAsync(etcd);
            if (said.SequenceEqual(expected)) return;
            Assert.True(clock.Elapsed < Patience, $"Expected: {string.Join("; ", expected)}. Found: {string.Join("; ", bad)}");
            try
            {
                await FillAsync(etcd, 2 * ValueSize);
            }
            catch (EtcdException e) when (e.ErrorId == ErrorIds.EtcdNoSpace)
            {
                continue; // It is full now.
            }
        }
    }

    private static async Task RestoreAsync(LocalEtcd etcd, Func<LocalEtcdMember, string> snapshot)
    {
        foreach (var member in etcd.Members)
        {
            (await etcd.EtcdUtlAsync(
                Stop,
                "snapshot", "restore", snapshot(member), $"--data-dir={member.DataFolder}", $"--name={member.Name}",
                $"--initial-cluster={string.Join(',', etcd.Members.Select(m => $"{m.Name}={m.PeerUrl}"))}",
                $"--initial-advertise-peer-urls={member.PeerUrl}")).Expect();
        }
    }
}
