using ClusterHeal.Etcd;

namespace ClusterHeal.Operations.Restores;

/// <summary>Counts what a restore would remove, revert and bring back, for its plan.</summary>
internal static class RestoreDifferences
{
    /// <summary>Compares a snapshot with the keys of the first member that has a leader.</summary>
    /// <param name="path">The snapshot.</param>
    /// <param name="hosts">The hosts.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The counts; null if no member could be asked. A restore is possible without them.</returns>
    public static async Task<ItemCollection<EtcdSnapshotDifferenceCount>?> CountAsync(string path, IReadOnlyList<SurveyedHost> hosts, CancellationToken cancellationToken)
    {
        if (hosts.FirstOrDefault(h => h.Status is { Leader: not 0, IsLearner: false }) is not { } host) return null;
        try
        {
            var connection = await EtcdHost.ConnectAsync(host.Shell, host.Configuration, cancellationToken).ConfigureAwait(false);
            using var tls = connection.Tls;
            return await CountAsync(path, new ComparedEtcd(connection), cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterHealException)
        {
            return null;
        }
    }

    /// <summary>Compares a snapshot with the current state.</summary>
    /// <param name="path">The snapshot.</param>
    /// <param name="state">The current state.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The counts; null if one of the two could not be read.</returns>
    public static async Task<ItemCollection<EtcdSnapshotDifferenceCount>?> CountAsync(string path, ComparedState state, CancellationToken cancellationToken)
    {
        try
        {
            var counts = new CountingSink();
            var comparison = new SnapshotComparison { Filter = new ObjectFilter(), Summary = true };
            await comparison.RunAsync(path, state, counts, cancellationToken).ConfigureAwait(false);
            return [.. counts.Counts];
        }
        catch (ClusterHealException)
        {
            return null;
        }
    }

    /// <summary>Keeps the counts. Whether the snapshot is of another cluster is checked by the rules.</summary>
    private sealed class CountingSink : IOperationSink
    {
        public List<EtcdSnapshotDifferenceCount> Counts { get; } = [];

        public void Emit(object record) => Counts.Add((EtcdSnapshotDifferenceCount)record);

        public void Fail(ClusterHealException fault) => throw fault;

        public void Progress(OperationProgress progress)
        {
        }

        public void Verbose(string message)
        {
        }

        public void Warning(string message)
        {
        }

        public Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken) => Task.FromResult(false);

        public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken) => Task.FromResult(false);
    }
}
