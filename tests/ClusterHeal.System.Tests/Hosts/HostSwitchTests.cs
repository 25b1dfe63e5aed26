using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>A switch belongs to what it was armed for, and to nothing else on the host.</summary>
public sealed class HostSwitchTests : IDisposable
{
    private readonly SimulatedHost _host = new();
    private readonly TempFolder _state = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Every pair of the names that the module gives.</summary>
    public static TheoryData<string, string> Pairs()
    {
        string[] names = [.. Enum.GetValues<ClusterComponent>().Select(component => ComponentDefinition.Of(component).Key), "etcd-restore", "etcd-repair"];
        var pairs = new TheoryData<string, string>();
        foreach (var one in names)
        {
            foreach (var other in names.Where(name => name != one)) pairs.Add(one, other);
        }

        return pairs;
    }

    public void Dispose()
    {
        _host.Dispose();
        _state.Dispose();
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Neither_disarming_nor_firing_nor_arming_again_touches_another_switch(string one, string other)
    {
        await ArmAsync(one, 300);
        await ArmAsync(other, 300);
        var others = TracesOf(other);
        Assert.Equal(4, others.Length);

        await DeadMansSwitch.DisarmAsync(_host, Journal(), one, Stop);
        Assert.Equal(others, TracesOf(other));
        Assert.Empty(TracesOf(one));

        await ArmAsync(one, 400);
        await ArmAsync(one, 500);
        Assert.Equal(others, TracesOf(other));
        Assert.Equal($"clusterheal-heal-{one}_1500.timer", Assert.Single(_host.Units, unit => unit.StartsWith($"clusterheal-heal-{one}_", StringComparison.Ordinal)));

        Assert.Equal(0, (await _host.RunAsync($"sh @/var/lib/clusterheal/heal/{one}.sh")).ExitCode);
        Assert.Equal(others, TracesOf(other));
        Assert.Empty(TracesOf(one));
        Assert.Equivalent(new[] { $"clusterheal-heal-{other}_1300.timer", $"{one}.service" }, _host.Units, strict: true);
    }

    [Fact]
    public async Task A_switch_fires_when_it_was_told_to_whatever_the_wall_clock_does()
    {
        var armed = await ArmAsync("etcd", 600);
        Assert.Equal("clusterheal-heal-etcd_1600.timer", armed.Timer);
        _host.Play("date", "echo 99999999999");
        Assert.Equal("clusterheal-heal-etcd_1600.timer", (await ArmAsync("etcd", 600)).Timer);
    }

    [Theory]
    [InlineData("etcd_restore")]
    [InlineData("a b")]
    [InlineData("*")]
    [InlineData("")]
    public async Task A_name_that_could_be_another_switchs_is_refused(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(() => ArmAsync(name, 300));

    [Theory]
    [InlineData("systemd-run", "exit 1")]
    [InlineData("sync", "exit 1")]
    [InlineData("ln", "exit 1")]
    public async Task What_cannot_be_armed_leaves_nothing_of_it(string program, string body)
    {
        _host.Play(program, body);
        await Assert.ThrowsAsync<HostShellException>(() => ArmAsync("etcd", 300));
        File.Delete(_host.PathOf($"bin/{program}"));
        Assert.Empty(TracesOf("etcd"));
        Assert.Empty(_host.Units);
    }

    [Fact]
    public async Task A_manifest_that_was_written_meanwhile_stays_and_the_parked_one_is_kept()
    {
        _host.Write("manifests/etcd.yaml", "new");
        _host.Write("parked/op/etcd.yaml", "old");
        var step = HealStep.MoveBack(_host.PathOf("parked/op/etcd.yaml"), _host.PathOf("manifests/etcd.yaml"));
        await DeadMansSwitch.ArmAsync(_host, Journal(), "etcd", TimeSpan.FromSeconds(300), [step], Stop);

        Assert.Equal(0, (await _host.RunAsync("sh @/var/lib/clusterheal/heal/etcd.sh")).ExitCode);

        Assert.Equal("new", File.ReadAllText(_host.PathOf("manifests/etcd.yaml")));
        Assert.Equal("old", File.ReadAllText(_host.PathOf("parked/op/etcd.yaml")));
        Assert.Contains((await OperationJournal.ReadAsync(_host, Stop)), entry => entry.Step.Contains("parked/op/etcd.yaml is kept", StringComparison.Ordinal));
        Assert.Empty(TracesOf("etcd"));
    }

    [Fact]
    public async Task A_manifest_is_moved_back_and_its_folder_goes()
    {
        _host.Write("parked/op/etcd.yaml", "old");
        var step = HealStep.MoveBack(_host.PathOf("parked/op/etcd.yaml"), _host.PathOf("manifests/etcd.yaml"));
        await DeadMansSwitch.ArmAsync(_host, Journal(), "etcd", TimeSpan.FromSeconds(300), [step], Stop);

        Assert.Equal(0, (await _host.RunAsync("sh @/var/lib/clusterheal/heal/etcd.sh")).ExitCode);

        Assert.Equal("old", File.ReadAllText(_host.PathOf("manifests/etcd.yaml")));
        Assert.False(Directory.Exists(_host.PathOf("parked/op")));
    }

    private OperationJournal Journal() => new("Test", _state.Path, TimeProvider.System);

    private async Task<ArmedSwitch> ArmAsync(string name, int seconds) =>
        (await DeadMansSwitch.ArmAsync(_host, Journal(), name, TimeSpan.FromSeconds(seconds), [HealStep.Start($"{name}.service")], Stop))!;

    // The timer, the unit for the boot, the script and the record.
    private string[] TracesOf(string name) =>
    [
        .. _host.Units.Where(unit => unit.StartsWith($"clusterheal-heal-{name}_", StringComparison.Ordinal)),
        .. new[] { $"etc/systemd/system/clusterheal-boot-{name}.service", $"var/lib/clusterheal/heal/{name}.sh", $"var/lib/clusterheal/stopped/{name}" }
            .Where(path => File.Exists(_host.PathOf(path))).Select(path => path + " " + File.ReadAllText(_host.PathOf(path))),
    ];
}
