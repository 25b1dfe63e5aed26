namespace ClusterHeal.Common;

/// <summary>Waits for a state: asks, and asks again after a pause, until the state is there or the time is over.</summary>
/// <param name="time">The clock.</param>
/// <param name="patience">How long it asks. It asks at least once.</param>
/// <param name="pause">The pause between an answer and the next question.</param>
internal sealed class Waiting(TimeProvider time, TimeSpan patience, TimeSpan pause)
{
    /// <summary>Asks until the answer is what is waited for.</summary>
    /// <param name="askAsync">Asks.</param>
    /// <param name="isThere">Whether the answer is what is waited for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The last answer, which may be another one if the time is over.</returns>
    public Task<T> UntilAsync<T>(Func<CancellationToken, Task<T>> askAsync, Func<T, bool> isThere, CancellationToken cancellationToken) =>
        UntilAsync(askAsync, isThere, _ => false, cancellationToken);

    /// <summary>Asks until it gets an answer.</summary>
    /// <param name="askAsync">Asks.</param>
    /// <param name="mayPass">Whether a failure may be temporary. Any other failure, and the last one, is thrown.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<T> RetryAsync<T>(Func<CancellationToken, Task<T>> askAsync, Func<Exception, bool> mayPass, CancellationToken cancellationToken) =>
        UntilAsync(askAsync, _ => true, mayPass, cancellationToken);

    /// <summary>Asks until there is an answer, and it is what is waited for.</summary>
    /// <param name="askAsync">Asks.</param>
    /// <param name="isThere">Whether the answer is what is waited for.</param>
    /// <param name="mayPass">Whether a failure may be temporary. Any other failure, and the last one, is thrown.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The last answer, which may be another one if the time is over.</returns>
    public async Task<T> UntilAsync<T>(
        Func<CancellationToken, Task<T>> askAsync, Func<T, bool> isThere, Func<Exception, bool> mayPass, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        bool IsOver() => time.GetElapsedTime(start) > patience;
        while (true)
        {
            try
            {
                var answer = await askAsync(cancellationToken).ConfigureAwait(false);
                if (isThere(answer) || IsOver()) return answer;
            }
            catch (Exception e) when (mayPass(e) && !IsOver())
            {
                // The next question may get an answer.
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
