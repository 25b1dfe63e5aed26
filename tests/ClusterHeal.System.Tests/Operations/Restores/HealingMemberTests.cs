using System.Diagnostics;

namespace ClusterHeal.Tests.Operations.Restores;

/// <summary>A host that heals alone gives a side up on proof only, changes sides a few times at most, and ends on the old data.</summary>
public sealed class HealingMemberTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("35")]
    [InlineData("60")]
    [InlineData("77")]
    public async Task A_member_that_cannot_be_asked_keeps_its_data_in_place(string curlExitCode)
    {
        await using var members = new SimulatedMembers(1, ["new", "old", "old"]);
        File.WriteAllText(members.FileOf("host1", "curl-fails"), curlExitCode);

        var heal = await members.RunAsync("host1", Stop, "heal");

        Assert.NotEqual(0, heal.ExitCode);
        Assert.Equal(0, members.SwapsOf("host1"));
        Assert.Equal("new/new", members.SideOf("host1"));
        Assert.True(members.ControlStarted("host1"));
        Assert.Contains("unknown: curl: it fails", members.LogOf("host1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_that_runs_and_does_not_listen_yet_is_waited_for()
    {
        await using var members = new SimulatedMembers(1, ["new", "old", "old"]);
        File.WriteAllText(members.FileOf("host1", "curl-fails"), "7");

        await members.RunAsync("host1", Stop, "heal");

        Assert.Equal("new/new", members.SideOf("host1"));
        Assert.Contains("does not listen yet", members.LogOf("host1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_that_serves_its_peers_and_lets_clients_wait_has_no_quorum()
    {
        // etcd 3.4 takes a client's connection before it is ready, and answers none.
        await using var members = new SimulatedMembers(1, ["new", "old", "old"]);
        File.WriteAllText(members.FileOf("host1", "curl-fails"), "28");

        await members.RunAsync("host1", Stop, "heal");

        Assert.Equal(1, members.SwapsOf("host1"));
        Assert.Equal("old/old", members.SideOf("host1"));
    }

    [Fact]
    public async Task New_data_on_which_etcd_dies_are_given_up_and_the_old_serve()
    {
        await using var members = new SimulatedMembers("new");
        File.WriteAllText(members.FileOf("host1", "dies-on-new"), "");

        var heal = await members.RunAsync("host1", Stop, "heal");

        Assert.Equal(0, heal.ExitCode);
        Assert.Equal(1, members.SwapsOf("host1"));
        Assert.Equal("old/old", members.SideOf("host1"));
    }

    [Fact]
    public async Task Whatever_the_others_say_a_member_ends_on_the_old_data_after_a_few_changes()
    {
        LongTests.SkipUnlessWanted();
        // Two others always claim the new side, and this member never becomes ready on either.
        await using var members = new SimulatedMembers(1, ["old", "old", "old"]);
        File.WriteAllText(members.FileOf("", "peers-say"), "beef");
        File.WriteAllText(members.FileOf("host1", "dies-on-new"), "");

        for (var i = 0; i < 2; i++) Assert.NotEqual(0, (await members.RunAsync("host1", Stop, "heal")).ExitCode);
        File.Delete(members.FileOf("", "peers-say"));
        Assert.NotEqual(0, (await members.RunAsync("host1", Stop, "heal")).ExitCode);

        Assert.InRange(members.SwapsOf("host1"), 1, 7);
        Assert.Equal("old/old", members.SideOf("host1"));
    }

    [Fact]
    public async Task A_wait_is_as_long_as_it_is_whatever_is_done_to_the_clock()
    {
        LongTests.SkipUnlessWanted();
        await using var members = new SimulatedMembers(1, ["old", "old", "old"]);
        members.Replace("date", """
            #!/bin/sh
            hours=$(cat "$SIMULATION/hours" 2>/dev/null || echo 0)
            echo $((hours + 1)) > "$SIMULATION/hours"
            exec /bin/date -d "now + $hours hours" "$@"
            """);
        var start = Stopwatch.GetTimestamp();

        await members.RunAsync("host1", Stop, "heal");

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromSeconds(6), TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task What_an_etcd_made_of_nothing_in_the_middle_of_a_swap_is_kept_aside()
    {
        await using var members = new SimulatedMembers("between");
        Assert.NotEqual(0, (await members.RunAsync("host1", Stop, "start-etcd")).ExitCode);
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(members.FileOf("host1", "data/member")).FullName, "side"), "stray");

        Assert.Equal(0, (await members.RunAsync("host1", Stop, "heal")).ExitCode);

        Assert.Equal("old/old", members.SideOf("host1"));
        Assert.Equal(["new", "old", "stray"], members.DataOf("host1"));
    }

    [Fact]
    public async Task A_process_of_the_same_name_that_belongs_to_somebody_else_is_none_of_ours()
    {
        await using var members = new SimulatedMembers("old");
        var program = members.FileOf("", "etcd");
        File.Copy("/bin/sleep", program);
        using var foreigner = Process.Start(program, "300");
        try
        {
            Assert.Equal(0, (await members.RunAsync("host1", Stop, "stop-etcd")).ExitCode);
            Assert.Equal(0, (await members.RunAsync("host1", Stop, "put", "new")).ExitCode);
            Assert.Equal("/new", members.SideOf("host1"));
        }
        finally
        {
            foreigner.Kill();
        }
    }
}
