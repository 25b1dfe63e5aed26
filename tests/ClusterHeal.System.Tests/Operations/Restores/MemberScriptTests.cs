using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Operations.Restores;

/// <summary>docs/design/0005: whatever an operator who died has left, the hosts end on one side by themselves.</summary>
public sealed class MemberScriptTests
{
    private static readonly string[] States = ["old", "between", "new"];
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hosts_that_heal_by_themselves_end_on_one_side_and_start_the_control_plane()
    {
        // They mostly wait, so some go side by side.
        var options = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Stop };
        await Parallel.ForEachAsync(Remains(), options, async (left, _) =>
        {
            var states = left.Split(' ');
            await using var members = new SimulatedMembers([.. states.Select(s => s.TrimEnd('+'))]);
            foreach (var host in members.Hosts.Where((_, i) => states[i].EndsWith('+'))) await members.RunAsync(host, Stop, "start-etcd");

            var heals = await Task.WhenAll(members.Hosts.Select(host => members.RunAsync(host, Stop, "heal")));

            Assert.All(heals, heal => Assert.Equal(0, heal.ExitCode));
            var side = Assert.Single(members.Hosts.Select(members.SideOf).Distinct());
            Assert.True(side is "old/old" or "new/new", $"'{left}' ended on {side}");
            Assert.All(members.Hosts, host => Assert.True(members.ControlStarted(host)));
            Assert.All(members.Hosts, host => Assert.Equal(["new", "old"], members.DataOf(host)));
        });
    }

    [Fact]
    public async Task A_cluster_that_serves_is_left_on_its_side_by_a_switch_that_nobody_disarmed()
    {
        await using var members = new SimulatedMembers("new", "new", "new");
        foreach (var host in members.Hosts) await members.RunAsync(host, Stop, "start-etcd");

        await Task.WhenAll(members.Hosts.Select(host => members.RunAsync(host, Stop, "heal")));

        Assert.All(members.Hosts, host => Assert.Equal("new/new", members.SideOf(host)));
    }

    [Theory]
    [InlineData("old", "new")]
    [InlineData("between", "new")]
    [InlineData("new", "new")]
    [InlineData("old", "old")]
    [InlineData("between", "old")]
    [InlineData("new", "old")]
    public async Task Data_is_put_in_place_from_wherever_a_former_call_was_cut_off_and_as_often_as_one_likes(string state, string wanted)
    {
        await using var members = new SimulatedMembers(state);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(0, (await members.RunAsync("host1", Stop, "put", wanted)).ExitCode);
            Assert.Equal($"/{wanted}", members.SideOf("host1"));
            Assert.Equal(wanted, (await members.RunAsync("host1", Stop, "side")).Output.Trim());
            Assert.Equal(["new", "old"], members.DataOf("host1"));
        }
    }

    [Fact]
    public async Task Data_is_not_moved_under_a_member_that_runs()
    {
        await using var members = new SimulatedMembers("old");
        await members.RunAsync("host1", Stop, "start-etcd");

        var put = await members.RunAsync("host1", Stop, "put", "new");

        Assert.NotEqual(0, put.ExitCode);
        Assert.Contains("still runs", put.Error, StringComparison.Ordinal);
        Assert.Equal("old/old", members.SideOf("host1"));
    }

    [Fact]
    public async Task An_operator_who_comes_back_while_a_host_heals_itself_has_to_begin_anew()
    {
        await using var members = new SimulatedMembers("old");
        await members.RunAsync("host1", Stop, "heal");

        foreach (var verb in new[] { "stop-etcd", "start-etcd", "put", "stop-control", "start-control" })
        {
            var refused = await members.RunAsync("host1", Stop, verb, "new");
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains("begun to recover by itself", refused.Error, StringComparison.Ordinal);
        }

        Assert.Equal("old/old", members.SideOf("host1"));
        Assert.Equal(0, (await members.RunAsync("host1", Stop, "begin")).ExitCode);
        Assert.Equal(0, (await members.RunAsync("host1", Stop, "stop-etcd")).ExitCode);
    }

    [Fact]
    public async Task A_switch_that_fires_after_the_operation_was_closed_does_nothing()
    {
        await using var members = new SimulatedMembers("old");
        await members.RunAsync("host1", Stop, "close");

        Assert.Equal(0, (await members.RunAsync("host1", Stop, "heal")).ExitCode);
        Assert.False(members.ControlStarted("host1"));
        Assert.Equal("/old", members.SideOf("host1"));

        await members.RunAsync("host1", Stop, "begin");
        Assert.Equal(0, (await members.RunAsync("host1", Stop, "heal")).ExitCode);
        Assert.Equal("old/old", members.SideOf("host1"));
    }

    [Fact]
    public async Task A_manifest_that_was_written_meanwhile_stays_and_the_parked_one_is_kept()
    {
        await using var members = new SimulatedMembers("old");
        var manifest = members.FileOf("host1", "kube-scheduler.yaml");
        var parked = members.FileOf("host1", "operation/manifests/kube-scheduler.yaml");
        File.AppendAllText(members.FileOf("host1", "operation/plan"), $"\ncontrol='manifest\t{manifest}\tkube-scheduler'\n");
        File.WriteAllText(manifest, "first");
        Assert.Equal(0, (await members.RunAsync("host1", Stop, "stop-control")).ExitCode);
        File.WriteAllText(manifest, "second");

        Assert.Equal(0, (await members.RunAsync("host1", Stop, "start-control")).ExitCode);
        Assert.Equal(("second", "first"), (File.ReadAllText(manifest), File.ReadAllText(parked)));

        // A second stop parks the newer one, and loses neither.
        Assert.Equal(0, (await members.RunAsync("host1", Stop, "stop-control")).ExitCode);
        Assert.Equal((false, "second", "first"), (File.Exists(manifest), File.ReadAllText(parked), File.ReadAllText(parked + ".1")));
        Assert.Equal(0, (await members.RunAsync("host1", Stop, "start-control")).ExitCode);
        Assert.Equal("second", File.ReadAllText(manifest));
    }

    [Fact]
    public async Task Root_follows_no_link_that_the_owner_of_the_data_directory_laid()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root can give a folder to another user.");
        await using var members = new SimulatedMembers("old");
        var (data, elsewhere) = (members.FileOf("host1", "data"), Directory.CreateDirectory(members.FileOf("", "elsewhere")).FullName);
        var fresh = Path.Combine(data, "member.clusterheal-x.new");
        Directory.Delete(fresh, recursive: true);
        await Tool.RunAsync("chown", ["-R", "65534:65534", data], Stop);

        Assert.Equal(0, (await members.RunAsync("host1", Stop, "lay-out")).ExitCode);
        // Until it is full, nobody but root can enter it; its owner can put another in its place.
        Directory.Move(fresh, fresh + ".away");
        Directory.CreateSymbolicLink(fresh, elsewhere);
        var finish = await members.RunAsync("host1", Stop, "finish", "0.wal", "4096", "8");

        Assert.NotEqual(0, finish.ExitCode);
        Assert.Contains("symbolic link", finish.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));
        var owner = await Tool.RunAsync("stat", ["-c", "%u", elsewhere], Stop);
        Assert.Equal("0", owner.Output.Trim());
    }

    /// <summary>Every way in which three hosts, and some in which two and five, can be left, up to their order.</summary>
    private static string[] Remains() =>
    [
        .. from a in Enumerable.Range(0, 6) from b in Enumerable.Range(a, 6 - a) from c in Enumerable.Range(b, 6 - b) select $"{Left(a)} {Left(b)} {Left(c)}",
        "old new", "old new+", "old+ new+", "old", "new", "between+",
        "new+ new+ old+ old+ between", "new new old old between",
    ];

    private static string Left(int state) => States[state / 2] + (state % 2 == 1 ? "+" : "");
}
