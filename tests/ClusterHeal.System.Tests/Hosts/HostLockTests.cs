using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>One operation at a time changes a host, whatever the clocks do.</summary>
public sealed class HostLockTests : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(300);
    private readonly SimulatedHost _host = new();
    private readonly TempFolder _state = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _host.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task A_lock_is_held_until_it_is_released_or_its_lease_is_over()
    {
        var first = await TakeAsync("First");
        var refused = await Assert.ThrowsAsync<HostShellException>(() => TakeAsync("Second"));
        Assert.Equal(ErrorIds.HostLocked, refused.ErrorId);
        Assert.Contains("First by", refused.Message, StringComparison.Ordinal);
        Assert.Contains("in 300 seconds", refused.Remedy, StringComparison.Ordinal);
        await first.DisposeAsync();
        await using var second = await TakeAsync("Second");

        _host.Uptime = 1299;
        await Assert.ThrowsAsync<HostShellException>(() => TakeAsync("Third"));
        _host.Uptime = 1300;
        await using var third = await TakeAsync("Third");
    }

    [Theory]
    [InlineData("99999999999")]
    [InlineData("1")]
    public async Task No_step_of_the_wall_clock_ends_a_lock(string now)
    {
        await using var first = await TakeAsync("First");
        _host.Play("date", $"echo {now}");
        await Assert.ThrowsAsync<HostShellException>(() => TakeAsync("Second"));
    }

    [Fact]
    public async Task A_boot_of_the_host_ends_a_lock_although_its_uptime_is_small_again()
    {
        await using var first = await TakeAsync("First");
        _host.Uptime = 20;
        await Assert.ThrowsAsync<HostShellException>(() => TakeAsync("Second"));
        _host.BootId = "boot-2";
        await using var second = await TakeAsync("Second");
    }

    [Fact]
    public async Task A_lock_is_renewed_while_its_operation_lives()
    {
        await using var held = await HostLock.TakeAsync(_host, Journal("First"), TimeSpan.FromSeconds(1), force: false, Stop);
        Assert.Equal("1001", End());
        _host.Uptime = 2000;
        await HostLab.EventuallyAsync(() => Task.FromResult(End() == "2001"), "the lock is renewed");
        await Assert.ThrowsAsync<HostShellException>(() => TakeAsync("Second"));
    }

    [Fact]
    public async Task Whoever_was_robbed_of_the_lock_changes_nothing_more_and_releases_nothing()
    {
        var robbed = Journal("First");
        var first = await HostLock.TakeAsync(_host, robbed, Lease, force: false, Stop);
        var step = robbed.Step("h1", "before", $"touch {_host.PathOf("before")}");
        await _host.RunCheckedAsync(step, Stop);
        Assert.True(File.Exists(_host.PathOf("before")));

        var thief = Journal("Second");
        await using var second = await HostLock.TakeAsync(_host, thief, Lease, force: true, Stop);
        var refused = await Assert.ThrowsAsync<HostShellException>(
            () => _host.RunCheckedAsync(robbed.Step("h1", "after", $"touch {_host.PathOf("after")}"), Stop));
        Assert.Equal(ErrorIds.HostLocked, refused.ErrorId);
        Assert.Contains("Second by", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_host.PathOf("after")));
        await _host.RunCheckedAsync(thief.Step("h1", "after", $"touch {_host.PathOf("after")}"), Stop);
        Assert.True(File.Exists(_host.PathOf("after")));

        await first.DisposeAsync();
        await Assert.ThrowsAsync<HostShellException>(() => TakeAsync("Third"));
    }

    private string End() => File.ReadAllLines(_host.PathOf("var/lib/clusterheal/lock"))[1];

    private OperationJournal Journal(string name) => new(name, _state.Path, TimeProvider.System);

    private Task<HostLock> TakeAsync(string name) => HostLock.TakeAsync(_host, Journal(name), Lease, force: false, Stop);
}
