using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Members;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Restores;
using Etcdserverpb;

namespace ClusterHeal.Operations.Repairs;

/// <summary>A member that serves, asked through its own host.</summary>
/// <param name="Host">Its host.</param>
/// <param name="Connection">How it is reached.</param>
/// <param name="Status">What it said.</param>
internal sealed record ServingMember(FoundHost Host, EtcdConnection Connection, StatusResponse Status)
{
    public ulong Id => Status.Header.MemberId;
}

/// <summary>The members of a cluster that answer and have a leader. A repair depends on them.</summary>
internal sealed class ServingMembers : IDisposable
{
    private ServingMembers(IReadOnlyList<ServingMember> all, IReadOnlyList<string> silent)
    {
        All = all;
        Silent = silent;
        Any = new AnyMember([.. all.Select(member => member.Connection)]);
    }

    public IReadOnlyList<ServingMember> All { get; }

    /// <summary>Why others do not serve, each as a sentence.</summary>
    public IReadOnlyList<string> Silent { get; }

    /// <summary>Asks any member that answers.</summary>
    public AnyMember Any { get; }

    /// <summary>The members with their hosts, for a proof.</summary>
    public IEnumerable<(IHostShell Shell, EtcdConfiguration Configuration)> Hosts => All.Select(member => (member.Host.Shell, member.Host.Configuration));

    /// <summary>Asks the members of some hosts.</summary>
    public static async Task<ServingMembers> AskAsync(IEnumerable<FoundHost> hosts, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(hosts.Select(host => AskAsync(host, cancellationToken))).ConfigureAwait(false);
        return new ServingMembers([.. answers.Select(answer => answer.Member).OfType<ServingMember>()], [.. answers.Select(answer => answer.Why).OfType<string>()]);
    }

    /// <summary>Asks one member.</summary>
    /// <returns>The member, or why it does not serve.</returns>
    public static async Task<(ServingMember? Member, string? Why)> AskAsync(FoundHost host, CancellationToken cancellationToken)
    {
        EtcdConnection? connection = null;
        try
        {
            connection = await EtcdHost.ConnectAsync(host.Shell, host.Configuration, cancellationToken).ConfigureAwait(false);
            using var client = connection.Open(connection.Endpoints[0]);
            var status = await client.StatusAsync(cancellationToken).ConfigureAwait(false);
            if (status.Leader != 0) return (new ServingMember(host, connection, status), null);
            connection.Tls?.Dispose();
            return (null, $"{host.Shell.HostName}: its member has no leader.");
        }
        catch (ClusterHealException e)
        {
            connection?.Tls?.Dispose();
            return (null, $"{host.Shell.HostName}: {e.Message}");
        }
    }

    /// <summary>Makes sure that all still serve.</summary>
    /// <exception cref="ClusterHealException">One does not.</exception>
    public async Task RequireAllAsync(CancellationToken cancellationToken)
    {
        using var now = await AskAsync(All.Select(member => member.Host), cancellationToken).ConfigureAwait(false);
        if (now.Silent.Count == 0) return;
        throw new ClusterHealException(
            ErrorIds.RepairRefused,
            FaultCategory.NotReady,
            $"Another member stopped in the meantime, and without it the cluster could lose its quorum. {string.Join(' ', now.Silent)}",
            now.Silent[0].Split(':')[0],
            "Bring it back first.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var member in All) member.Connection.Tls?.Dispose();
    }
}
