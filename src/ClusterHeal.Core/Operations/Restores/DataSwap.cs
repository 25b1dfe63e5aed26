using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>A host whose data are swapped: its verbs, its etcd and the rest of its control plane.</summary>
/// <param name="Host">Its verbs.</param>
/// <param name="Configuration">How etcd is set up there.</param>
/// <param name="ControlPlane">What else is stopped there, in the order of its start.</param>
internal sealed record SwappedHost(MemberHost Host, EtcdConfiguration Configuration, IReadOnlyList<ComponentStatus> ControlPlane);

/// <summary>How a swap ended.</summary>
/// <param name="Proof">The proof of the data that run at the end; null if nothing was stopped, or nothing was proven.</param>
/// <param name="Failure">Why the version is not the wanted one, or null.</param>
/// <param name="FailureBack">Why the other version was not put back either, or null.</param>
internal sealed record SwapEnd(ClusterProof? Proof, string? Failure, Exception? FailureBack);

/// <summary>
/// Moves a whole cluster from one version of its data to the other: everything stops on all hosts, the data are swapped on all hosts, and only then
/// does anything start. The hosts are armed before, so that they end on one version together, even if the operator's machine dies.
/// </summary>
/// <param name="hosts">The hosts, one for each member.</param>
/// <param name="healAfter">How long the hosts wait for the operator.</param>
/// <param name="log">Where the steps go.</param>
/// <param name="time">The clock.</param>
internal sealed class DataSwap(IReadOnlyList<SwappedHost> hosts, TimeSpan healAfter, StepLog log, TimeProvider time)
{
    private static readonly TimeSpan ProofPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan BackPatience = TimeSpan.FromMinutes(15);
    private readonly List<SwappedHost> _lost = [];

    /// <summary>True from the moment before the first thing is stopped.</summary>
    public bool HasStopped { get; private set; }

    /// <summary>The hosts that no longer answered on the way back. They are armed and end with the version of the others.</summary>
    public IReadOnlyList<string> Lost => [.. _lost.Select(lost => lost.Host.HostName)];

    private IEnumerable<SwappedHost> Reachable => hosts.Except(_lost);

    /// <summary>
    /// Puts a version in place and proves it. After the first failure on any host, the other version is put back. Hosts that cannot be reached then
    /// heal by themselves, as long as the others are a majority.
    /// </summary>
    /// <param name="version">The version to put in place.</param>
    /// <param name="clusterId">The ID that the cluster has with it, or null if that is not known.</param>
    /// <param name="voters">How many voters the cluster has with it.</param>
    /// <param name="leaveAsync">Ends it if it failed before anything was stopped. Null to go back in any case, which also closes the operation.</param>
    /// <param name="cancellationToken">Ends it: it goes back.</param>
    public async Task<SwapEnd> RunAsync(
        DataVersion version, string? clusterId, int voters, Func<CancellationToken, Task>? leaveAsync, CancellationToken cancellationToken)
    {
        ClusterProof? proof;
        try
        {
            proof = await GoAsync(version, clusterId, voters, mayLoseHosts: false, cancellationToken).ConfigureAwait(false);
        }
        // Whatever the cause: a stopped component must be started again.
        catch (Exception failure)
        {
            var reason = failure is OperationCanceledException ? "It was stopped by the user." : failure.Message;
            using var patience = new CancellationTokenSource(BackPatience, time);
            try
            {
                if (!HasStopped && leaveAsync is not null)
                {
                    await leaveAsync(patience.Token).ConfigureAwait(false);
                    return new SwapEnd(null, reason, null);
                }

                var other = version == DataVersion.New ? DataVersion.Old : DataVersion.New;
                proof = await GoAsync(other, clusterId: null, voters: null, mayLoseHosts: true, patience.Token).ConfigureAwait(false);
                await CloseAsync().ConfigureAwait(false);
                return new SwapEnd(proof, reason, null);
            }
            catch (Exception second)
            {
                return new SwapEnd(null, reason, second);
            }
        }

        await CloseAsync().ConfigureAwait(false);
        return new SwapEnd(proof, null, null);
    }

    // All is done by now. If a host can no longer be told, that is no failure, and the next run finds it.
    private Task CloseAsync() => log.JudgeAsync("Close the operation", async () =>
    {
        var ends = await Task.WhenAll(Reachable.Select(host => TryAsync(host, h => h.CloseAsync(CancellationToken.None)))).ConfigureAwait(false);
        return ends.OfType<Exception>().FirstOrDefault() is { } failure ? (CheckStatus.Warning, failure.Message) : (CheckStatus.Pass, null);
    });

    private async Task<ClusterProof> GoAsync(DataVersion version, string? clusterId, int? voters, bool mayLoseHosts, CancellationToken stop)
    {
        Task Each(string name, Func<MemberHost, Task> verb) => log.RunAsync(name, () => EachAsync(verb, mayLoseHosts));

        await Each("Arm the hosts", host => host.BeginAsync(healAfter, stop)).ConfigureAwait(false);
        HasStopped = true;
        await Each("Stop the control plane", host => host.StopControlAsync(stop)).ConfigureAwait(false);
        await Each("Stop etcd", host => host.StopEtcdAsync(stop)).ConfigureAwait(false);
        await Each($"Put the {version.Word()} data in place", host => host.PutAsync(version, stop)).ConfigureAwait(false);
        await Each("Start etcd", host => ExtendedAsync(host, host.StartEtcdAsync, stop)).ConfigureAwait(false);

        ClusterProof? proof = null;
        await log.RunAsync("Prove etcd", async () =>
        {
            var members = Reachable.Select(host => (host.Host.Shell, host.Configuration)).ToArray();
            proof = await ClusterProof.FindAsync(members, clusterId, voters, ProofPatience, time, stop).ConfigureAwait(false);
            return $"cluster {proof.ClusterId}, hash {proof.HashKV} at revision {proof.Revision} on {members.Length} members";
        }).ConfigureAwait(false);

        var apiServer = ComponentDefinition.Of(ClusterComponent.ApiServer).Program;
        await Each("Start the API servers", host => ExtendedAsync(host, s => host.StartControlAsync(apiServer, s), stop)).ConfigureAwait(false);
        var servers = new RestoredApiServers(
            [.. Reachable.SelectMany(host => host.ControlPlane.Where(c => c.Component == ClusterComponent.ApiServer).Select(c => (host.Host.Shell, c)))],
            ProofPatience,
            time);
        await log.RunAsync("Wait for the API servers", () => servers.AwaitAsync(stop)).ConfigureAwait(false);
        await log.JudgeAsync("Read through the API servers", () => servers.ReadAsync(proof!.Revision, stop)).ConfigureAwait(false);
        await Each("Start controller managers and schedulers", host => host.StartControlAsync(null, stop)).ConfigureAwait(false);
        await Each("Disarm the hosts", host => host.DisarmAsync(stop)).ConfigureAwait(false);
        return proof!;
    }

    // The work after such a step may take minutes.
    private async Task ExtendedAsync(MemberHost host, Func<CancellationToken, Task> verb, CancellationToken cancellationToken)
    {
        await host.ExtendAsync(healAfter, cancellationToken).ConfigureAwait(false);
        await verb(cancellationToken).ConfigureAwait(false);
    }

    private async Task EachAsync(Func<MemberHost, Task> verb, bool mayLoseHosts)
    {
        var here = Reachable.ToArray();
        var failures = await Task.WhenAll(here.Select(host => TryAsync(host, verb))).ConfigureAwait(false);
        var failed = here.Zip(failures).Where(pair => pair.Second is not null).ToArray();
        if (failed.Length == 0) return;
        if (!mayLoseHosts || (hosts.Count - _lost.Count - failed.Length) * 2 <= hosts.Count) throw failed[0].Second!;
        foreach (var (host, failure) in failed)
        {
            _lost.Add(host);
            log.Note($"Leave {host.Host.HostName} to itself", CheckStatus.Warning, failure!.Message);
        }
    }

    private static async Task<Exception?> TryAsync(SwappedHost host, Func<MemberHost, Task> verb)
    {
        try
        {
            await verb(host.Host).ConfigureAwait(false);
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }
}
