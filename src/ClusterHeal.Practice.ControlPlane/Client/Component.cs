using ClusterHeal.Kubernetes;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Client;

/// <summary>The frame of a component: knows the cluster, holds its lease, works until it is stopped or loses the lease.</summary>
internal static class Component
{
    private static readonly TimeSpan ReleasePatience = TimeSpan.FromSeconds(2);

    /// <summary>Runs a component.</summary>
    /// <param name="name">Its name, which is its lease's.</param>
    /// <param name="config">How it reaches the API.</param>
    /// <param name="election">When it may work, or null for always.</param>
    /// <param name="releases">True if a clean stop gives the lease back.</param>
    /// <param name="kinds">What it watches.</param>
    /// <param name="work">What it does, once it knows all of that and leads.</param>
    /// <param name="stop">Tells it to stop.</param>
    /// <returns>The exit code: 1 if the lease was lost.</returns>
    public static async Task<int> RunAsync(
        string name, KubernetesConnection config, LeaderElectionOptions? election, bool releases, IEnumerable<ResourceKind> kinds,
        Func<Cluster, CancellationToken, Task> work, CancellationToken stop)
    {
        using var api = new ObjectClient(config);
        var cluster = new Cluster(api, name, TimeProvider.System);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var lists = kinds.Select(kind => (kind, Listed: new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)))
            .ToArray();
        var tasks = lists.Select(list => cluster.FollowAsync(list.kind, null, list.Listed, end.Token)).ToList();
        var leader = election is null ? null : new LeaderElection(api, name, election, TimeProvider.System);
        try
        {
            if (leader is not null)
            {
                await leader.AcquireAsync(stop);
                tasks.Add(leader.KeepAsync(end.Token));
            }
            await Task.WhenAny([Task.WhenAll(lists.Select(list => list.Listed.Task)), .. tasks]);
            tasks.Add(work(cluster, end.Token));
            await await Task.WhenAny(tasks);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            await end.CancelAsync();
            if (releases && leader is not null && stop.IsCancellationRequested) await ReleaseAsync(leader);
        }
    }

    private static async Task ReleaseAsync(LeaderElection leader)
    {
        using var patience = new CancellationTokenSource(ReleasePatience);
        try
        {
            await leader.ReleaseAsync(patience.Token);
        }
        catch (Exception e) when (e is ClusterHealException or OperationCanceledException)
        {
            Log.Write($"The lease could not be given back: {e.Message}");
        }
    }
}
