namespace ClusterHeal.Hosts;

/// <summary>
/// Finds out whether a silent host is still there, by the rules of ssh (ServerAliveInterval and ServerAliveCountMax in ssh_config(5)): if nothing
/// came from a host for an interval, it is asked; if it leaves all questions unanswered, the connection is given up.
/// </summary>
/// <param name="interval">How long a host may be silent before it is asked, and before it is asked again.</param>
/// <param name="count">How many questions may stay unanswered.</param>
/// <param name="time">The clock.</param>
/// <param name="ask">Sends the question. It may block, and may fail if the connection is gone.</param>
internal sealed class SshKeepAlive(TimeSpan interval, int count, TimeProvider time, Action ask)
{
    private volatile bool _heard;

    /// <summary>Something came from the host, an answer or anything else.</summary>
    public void Hear() => _heard = true;

    /// <summary>Watches, and returns when the host is given up.</summary>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        var asking = Task.CompletedTask;
        var unanswered = 0;
        while (true)
        {
            // A whole interval after each question: a periodic timer would tick twice in a row if this process was not scheduled for long.
            await Task.Delay(interval, time, cancellationToken).ConfigureAwait(false);
            if (_heard)
            {
                (_heard, unanswered) = (false, 0);
                continue;
            }

            if (unanswered == count) return;
            unanswered++;
            // A send blocks while the network accepts nothing. So it has a thread of its own, because the thread pool may be full.
            if (asking.IsCompleted) asking = Task.Factory.StartNew(ask, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }
}
