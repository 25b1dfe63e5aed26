using System.Threading.Channels;

namespace ClusterHeal.Cmdlets;

/// <summary>
/// Lets asynchronous work write to a pipeline, which accepts calls from one thread only. The work runs on the thread pool and queues its calls; the
/// thread that called <see cref="Run"/> makes them, in that order, until the work has ended.
/// </summary>
internal sealed class PipelinePump
{
    // How many results may wait for the pipeline: work that reads faster than the pipeline takes them would fill the memory.
    private const int MostWaiting = 1000;

    private static readonly TimeSpan LookForTheEnd = TimeSpan.FromMilliseconds(100);

    private readonly Channel<Action> _queue = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly object _room = new();
    private int _waiting;
    private CancellationToken _cancelled;

    /// <summary>Runs <paramref name="work"/> to its end, and on this thread the actions that it posts.</summary>
    /// <returns>
    /// The exception with which the work ended, or null. All actions that it posted before are done by then. An exception of a posted action is
    /// thrown instead: it comes from the pipeline (stopped, <c>-ErrorAction Stop</c>). Then the work is cancelled and awaited, because it may have to
    /// clean up, and none of its later actions is done.
    /// </returns>
    public Exception? Run(Func<CancellationToken, Task> work, CancellationToken stop)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _cancelled = cancel.Token;
        // Task.Run: no SynchronizationContext of a host is captured, and long computations do not delay their own output.
        var running = Task.Run(() => RunToEndAsync(work, cancel.Token), CancellationToken.None);
        try
        {
            while (_queue.Reader.WaitToReadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult())
            {
                while (_queue.Reader.TryRead(out var action)) action();
            }
        }
        catch
        {
            _queue.Writer.TryComplete();
            cancel.Cancel();
            running.GetAwaiter().GetResult();
            throw;
        }

        return running.GetAwaiter().GetResult();
    }

    /// <summary>Posts an action to the pipeline thread.</summary>
    /// <returns>False after the work or the pipeline has ended: then the action is dropped.</returns>
    public bool Post(Action action) => _queue.Writer.TryWrite(action);

    /// <summary>Posts an action to the pipeline thread, and waits first while too many are queued. Never call it on that thread.</summary>
    public void PostWhenRoom(Action action)
    {
        lock (_room)
        {
            while (_waiting >= MostWaiting && !_cancelled.IsCancellationRequested) Monitor.Wait(_room, LookForTheEnd);
            _waiting++;
        }

        Post(() =>
        {
            lock (_room)
            {
                _waiting--;
                Monitor.Pulse(_room);
            }

            action();
        });
    }

    /// <summary>Posts an action to the pipeline thread and waits until it is done, or until none is done any more. Never call it on that thread.</summary>
    /// <returns>False after the work or the pipeline has ended: then the action is dropped.</returns>
    public bool PostAndWait(Action action)
    {
        // Not disposed: the action may be done after nobody waits any more.
        var done = new ManualResetEventSlim();
        var isPosted = Post(() =>
        {
            action();
            done.Set();
        });
        try
        {
            if (isPosted) done.Wait(_cancelled);
        }
        catch (OperationCanceledException)
        {
            // The pipeline was stopped or has ended.
        }

        return isPosted;
    }

    /// <summary>Asks a question on the pipeline thread and waits for the answer.</summary>
    /// <exception cref="OperationCanceledException">The work was cancelled, or the pipeline ended, before there was an answer.</exception>
    public async Task<T> AskAsync<T>(Func<T> question, CancellationToken cancellationToken)
    {
        // Without this option the code after the caller's await would run on the pipeline thread, inside the pump.
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var ended = _cancelled.UnsafeRegister(static a => ((TaskCompletionSource<T>)a!).TrySetCanceled(), answer);
        using var given = cancellationToken.UnsafeRegister(static a => ((TaskCompletionSource<T>)a!).TrySetCanceled(), answer);
        if (!_queue.Writer.TryWrite(() => Answer(question, answer))) answer.TrySetCanceled(CancellationToken.None);
        return await answer.Task.ConfigureAwait(false);
    }

    private static void Answer<T>(Func<T> question, TaskCompletionSource<T> answer)
    {
        if (answer.Task.IsCompleted) return;
        try
        {
            answer.TrySetResult(question());
        }
        catch
        {
            answer.TrySetCanceled();
            throw;
        }
    }

    private async Task<Exception?> RunToEndAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
        finally
        {
            _queue.Writer.TryComplete();
        }
    }
}
