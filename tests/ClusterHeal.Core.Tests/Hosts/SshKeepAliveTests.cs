using System.Threading.Channels;
using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>When a silent host is asked and when it is given up, by ssh_config(5): ServerAliveInterval and ServerAliveCountMax.</summary>
public sealed class SshKeepAliveTests : IDisposable
{
    private const int Count = 3;
    private readonly SteppedTime _time = new();
    private readonly SemaphoreSlim _asked = new(0);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_that_answers_is_never_given_up()
    {
        var keepAlive = Asking();
        var watching = keepAlive.WatchAsync(Stop);
        for (var question = 0; question < 3 * Count; question++)
        {
            await _time.StepAsync();
            await _asked.WaitAsync(Stop);
            keepAlive.Hear();
            await _time.StepAsync();
        }

        await _time.PendingAsync();
        Assert.False(watching.IsCompleted);
    }

    [Fact]
    public async Task A_host_that_sends_something_is_not_asked()
    {
        var keepAlive = Asking();
        var watching = keepAlive.WatchAsync(Stop);
        for (var interval = 0; interval < 3 * Count; interval++)
        {
            keepAlive.Hear();
            await _time.StepAsync();
            await _time.PendingAsync();
        }

        Assert.False(watching.IsCompleted);
        Assert.Equal(0, _asked.CurrentCount);
    }

    [Fact]
    public async Task A_host_that_answers_late_is_waited_for_anew()
    {
        var keepAlive = Asking();
        var watching = keepAlive.WatchAsync(Stop);
        await AskAsync(Count);
        keepAlive.Hear();
        await _time.StepAsync();
        await AskAsync(Count);
        await _time.PendingAsync();
        Assert.False(watching.IsCompleted);
    }

    [Fact]
    public async Task A_host_that_answers_no_question_is_given_up_an_interval_after_the_last()
    {
        var watching = Asking().WatchAsync(Stop);
        await AskAsync(Count);
        await _time.StepAsync();
        await watching.WaitAsync(Stop);
        Assert.Equal(0, _asked.CurrentCount);
    }

    [Fact]
    public async Task A_network_that_takes_no_question_is_given_up_alike()
    {
        using var network = new ManualResetEventSlim();
        var watching = new SshKeepAlive(TimeSpan.FromSeconds(10), Count, _time, network.Wait).WatchAsync(Stop);
        for (var interval = 0; interval <= Count; interval++) await _time.StepAsync();
        await watching.WaitAsync(Stop);
        network.Set();
    }

    public void Dispose() => _asked.Dispose();

    private SshKeepAlive Asking() => new(TimeSpan.FromSeconds(10), Count, _time, () => _asked.Release());

    private async Task AskAsync(int questions)
    {
        for (var question = 0; question < questions; question++)
        {
            await _time.StepAsync();
            await _asked.WaitAsync(Stop);
        }
    }

    /// <summary>A clock whose waits end when the test says so, one after the other.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private readonly Channel<Action> _waits = Channel.CreateUnbounded<Action>();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _waits.Writer.TryWrite(() => callback(state));
            return new NoTimer();
        }

        /// <summary>Ends the wait that is or comes next.</summary>
        public async Task StepAsync() => (await _waits.Reader.ReadAsync(Stop))();

        /// <summary>Returns when somebody waits.</summary>
        public async Task PendingAsync() => await _waits.Reader.WaitToReadAsync(Stop);
    }

    private sealed class NoTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
