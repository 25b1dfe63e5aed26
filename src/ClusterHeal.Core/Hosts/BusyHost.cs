namespace ClusterHeal.Hosts;

/// <summary>A busy host: when too many logins come at once, its sshd refuses some of them by hanging up (MaxStartups).</summary>
internal static class BusyHost
{
    private static readonly TimeSpan[] Pauses = [.. new[] { 0.5, 1.5, 4, 8 }.Select(TimeSpan.FromSeconds)];

    /// <summary>Tries again, five times in all, if the host was busy. Then nothing was run, so another try is safe.</summary>
    public static async Task<T> RetryAsync<T>(Func<Task<T>> tryAsync, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var pause in Pauses)
        {
            try
            {
                return await tryAsync().ConfigureAwait(false);
            }
            catch (HostShellException e) when (e.ErrorId == ErrorIds.SshBusy)
            {
                await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time, cancellationToken).ConfigureAwait(false);
            }
        }

        return await tryAsync().ConfigureAwait(false);
    }
}
