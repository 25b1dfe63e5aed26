using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Members;
using ClusterHeal.Hosts;
using Etcdserverpb;

namespace ClusterHeal.Operations.Drills;

/// <summary>A control-plane host during a drill: its shell, its components as they were before, and its member of etcd.</summary>
/// <param name="shell">The host.</param>
/// <param name="connection">How to log in to it.</param>
/// <param name="identity">Which host it is.</param>
/// <param name="components">Its components before the drill.</param>
internal sealed class DrillHost(IHostShell shell, HostConnection connection, HostIdentity identity, IReadOnlyList<ComponentStatus> components)
    : IAsyncDisposable
{
    private static readonly ClusterComponent[] Wanted =
    [
        ClusterComponent.ApiServer, ClusterComponent.Scheduler, ClusterComponent.ControllerManager, ClusterComponent.Etcd, ClusterComponent.Kubelet,
    ];

    private EtcdConnection? _etcd;
    private EtcdClient? _client;

    /// <summary>The user's name for it, which may be an address.</summary>
    public string Name => shell.HostName;

    /// <summary>Its own host name. The holders of leases use it.</summary>
    public string SystemName => identity.SystemName;

    /// <summary>Which host it is, under any name.</summary>
    public HostIdentity Identity => identity;

    public IHostShell Shell => shell;

    /// <summary>How to log in to it.</summary>
    public HostConnection Connection => connection;

    public IReadOnlyList<ComponentStatus> Components { get; } = [.. components.Where(c => c.State != ComponentState.NotFound)];

    /// <summary>Examines a host.</summary>
    /// <exception cref="HostShellException">It cannot be asked.</exception>
    public static async Task<DrillHost> LookAsync(IHostShell shell, HostConnection connection, CancellationToken cancellationToken)
    {
        var identity = await HostIdentity.AskAsync(shell, cancellationToken).ConfigureAwait(false);
        var components = await ComponentFinder.FindAsync(shell, Wanted, cancellationToken).ConfigureAwait(false);
        return new DrillHost(shell, connection, identity, components);
    }

    /// <summary>A component that it has, or null.</summary>
    public ComponentStatus? Find(ClusterComponent component) => Components.FirstOrDefault(c => c.Component == component);

    /// <summary>The components that no longer run, of those that it had.</summary>
    public async Task<IReadOnlyList<ComponentStatus>> DownAsync(CancellationToken cancellationToken)
    {
        var now = await ComponentFinder.FindAsync(shell, [.. Components.Select(c => c.Component)], cancellationToken).ConfigureAwait(false);
        return [.. now.Where(c => c.State is not (ComponentState.Running or ComponentState.Starting))];
    }

    /// <summary>What the member of etcd on this host says about itself, or null if it does not answer.</summary>
    public async Task<StatusResponse?> EtcdStatusAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await (await EtcdAsync(cancellationToken).ConfigureAwait(false)).StatusAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterHealException e) when (e is EtcdException or ConnectionException)
        {
            EtcdFault = e.Message;
            return null;
        }
    }

    /// <summary>Why the member of etcd on this host last gave no answer, or null.</summary>
    public string? EtcdFault { get; private set; }

    /// <summary>The client of the member of etcd on this host.</summary>
    public async Task<EtcdClient> EtcdAsync(CancellationToken cancellationToken)
    {
        if (_client is not null) return _client;
        var configuration = await EtcdHost.ReadConfigurationAsync(shell, connection, cancellationToken).ConfigureAwait(false);
        _etcd = await EtcdHost.ConnectAsync(shell, configuration, cancellationToken).ConfigureAwait(false);
        _etcd = _etcd with { CallTimeout = TimeSpan.FromSeconds(5) };
        return _client = _etcd.Open(_etcd.Endpoints[0]);
    }

    /// <summary>A connection to the cluster's etcd through this host.</summary>
    public async Task<EtcdConnection> ConnectionAsync(CancellationToken cancellationToken)
    {
        await EtcdAsync(cancellationToken).ConfigureAwait(false);
        return _etcd!;
    }

    /// <summary>The members of the cluster, each asked through this host.</summary>
    /// <exception cref="ClusterHealException">No member answers.</exception>
    public async Task<IReadOnlyList<EtcdMember>> MembersAsync(CancellationToken cancellationToken)
    {
        await EtcdAsync(cancellationToken).ConfigureAwait(false);
        return await ClusterEtcd.MembersAsync(_etcd!, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a member outside the drill's hosts answers when asked from this host.</summary>
    public async Task<bool> ReachesAsync(Member member, CancellationToken cancellationToken)
    {
        await EtcdAsync(cancellationToken).ConfigureAwait(false);
        foreach (var endpoint in AdvertisedEndpoints.Of(member, out _))
        {
            try
            {
                using var client = _etcd!.Open(endpoint);
                var status = await client.StatusAsync(cancellationToken).ConfigureAwait(false);
                if (status.Header.MemberId == member.ID && status.Leader != 0) return true;
            }
            catch (ClusterHealException e) when (e is EtcdException or ConnectionException)
            {
                // Another URL may answer.
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        _etcd?.Tls?.Dispose();
        await shell.DisposeAsync().ConfigureAwait(false);
    }
}
