namespace ClusterHeal.Operations;

/// <summary>Does the same on several hosts, some at a time. A host that fails is one error and delays no other.</summary>
internal static class ParallelHosts
{
    /// <summary>Does the work on all hosts.</summary>
    /// <param name="hosts">The hosts.</param>
    /// <param name="throttleLimit">How many at once.</param>
    /// <param name="sink">Where the failures go.</param>
    /// <param name="workAsync">The work for one host.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static Task RunAsync<T>(
        IReadOnlyList<T> hosts,
        int throttleLimit,
        IOperationSink sink,
        Func<T, CancellationToken, Task> workAsync,
        CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, throttleLimit), CancellationToken = cancellationToken };
        return Parallel.ForEachAsync(hosts, options, async (host, stop) =>
        {
            try
            {
                await workAsync(host, stop).ConfigureAwait(false);
            }
            catch (ClusterHealException fault)
            {
                sink.Fail(fault);
            }
        });
    }
}
