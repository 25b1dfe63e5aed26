using ClusterHeal.Hosts;
using ClusterHeal.Operations.Restores;

namespace ClusterHeal.Operations.Repairs;

/// <summary>The hosts of a cluster whose member is repaired. A host that does not answer is not always an obstacle.</summary>
/// <param name="connections">How they are reached.</param>
/// <param name="openShell">Opens a shell on one.</param>
internal sealed class RepairHosts(IReadOnlyList<HostConnection> connections, Func<HostConnection, IHostShell> openShell) : IAsyncDisposable
{
    private readonly IHostShell[] _shells = [.. connections.Select(openShell)];

    /// <summary>The hosts that answered <see cref="FindRepairsAsync"/>.</summary>
    public IReadOnlyList<IHostShell> Answering { get; private set; } = [];

    /// <summary>Why the other hosts did not answer <see cref="FindRepairsAsync"/>, each as a sentence.</summary>
    public IReadOnlyList<string> Silent { get; private set; } = [];

    /// <summary>The repairs with a record on the hosts that answer.</summary>
    public async Task<IReadOnlyList<FormerRepair>> FindRepairsAsync(CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(_shells.Select(async shell =>
        {
            try
            {
                return (Shell: (IHostShell?)shell, Repairs: await RepairRecord.FindAsync(shell, cancellationToken).ConfigureAwait(false), Why: (string?)null);
            }
            catch (HostShellException e)
            {
                return (Shell: null, Repairs: [], Why: $"{shell.HostName}: {e.Message}");
            }
        })).ConfigureAwait(false);
        Answering = [.. found.Select(f => f.Shell).OfType<IHostShell>()];
        Silent = [.. found.Select(f => f.Why).OfType<string>()];
        // Otherwise the member that is repaired would be one of the others, too.
        await HostIdentity.RequireDistinctAsync(Answering, cancellationToken).ConfigureAwait(false);
        return [.. found.SelectMany(f => f.Repairs)];
    }

    /// <summary>Examines the hosts and their members.</summary>
    public async Task<RepairGround> LookAsync(MemberRepairRequest request, CancellationToken cancellationToken)
    {
        var (hosts, unseen) = await FindAsync(_ => true, cancellationToken).ConfigureAwait(false);
        return await RepairGround.LookAsync(request, hosts, unseen, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The members on all hosts except that of the repaired one.</summary>
    /// <exception cref="ClusterHealException">None serves.</exception>
    public async Task<ServingMembers> OthersAsync(FormerRepair repair, StepLog log, CancellationToken cancellationToken)
    {
        ServingMembers? others = null;
        await log.RunAsync("Look at the other members", async () =>
        {
            var (hosts, unseen) = await FindAsync(shell => shell != repair.Shell, cancellationToken).ConfigureAwait(false);
            others = await ServingMembers.AskAsync(hosts, cancellationToken).ConfigureAwait(false);
            if (others.All.Count == 0) throw RepairRules.NobodyServes(repair.Shell.HostName, [.. unseen, .. others.Silent]);
            return $"{others.All.Count} serve";
        }).ConfigureAwait(false);
        return others!;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var shell in _shells) await shell.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<(IReadOnlyList<FoundHost> Hosts, IReadOnlyList<string> Unseen)> FindAsync(Func<IHostShell, bool> isWanted, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(_shells.Zip(connections).Where(pair => isWanted(pair.First)).Select(async pair =>
        {
            try
            {
                return (Host: (FoundHost?)await RestoreSurvey.FindAsync(pair.First, pair.Second, cancellationToken).ConfigureAwait(false), Why: (string?)null);
            }
            catch (ClusterHealException e)
            {
                return (Host: null, Why: (string?)$"{pair.Second.HostName}: {e.Message}");
            }
        })).ConfigureAwait(false);
        return ([.. found.Select(f => f.Host).OfType<FoundHost>()], [.. found.Select(f => f.Why).OfType<string>()]);
    }
}
