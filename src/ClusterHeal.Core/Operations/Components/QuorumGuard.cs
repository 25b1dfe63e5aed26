using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using Etcdserverpb;

namespace ClusterHeal.Operations;

/// <summary>Counts before etcd is stopped: the voters that stay healthy must be a majority of all voters.</summary>
/// <param name="Text">What the stop does to the quorum, or why that is not known; empty if the member is no voter.</param>
/// <param name="IsAtRisk">True if the quorum would be lost, or if that is not known.</param>
internal sealed record QuorumGuard(string Text, bool IsAtRisk)
{
    /// <summary>Counts the voters.</summary>
    /// <param name="shell">The host whose member will be stopped.</param>
    /// <param name="connection">How the host is reached.</param>
    /// <param name="together">The other hosts whose members stop in the same call and stay down. Each is asked for its member's name.</param>
    /// <param name="openShell">Opens the connections to these.</param>
    /// <param name="cancellationToken">Ends the counting.</param>
    public static async Task<QuorumGuard> CountAsync(
        IHostShell shell,
        HostConnection connection,
        IReadOnlyList<HostConnection> together,
        Func<HostConnection, IHostShell> openShell,
        CancellationToken cancellationToken)
    {
        var hosts = string.Join(", ", together.Select(host => host.HostName).Prepend(shell.HostName));
        try
        {
            var leaving = await Task.WhenAll(together.Select(host => NameAsync(host, openShell, cancellationToken))).ConfigureAwait(false);
            var configuration = await EtcdHost.ReadConfigurationAsync(shell, connection, cancellationToken).ConfigureAwait(false);
            var etcd = await EtcdHost.ConnectAsync(shell, configuration, cancellationToken).ConfigureAwait(false);
            using var tls = etcd.Tls;
            using var local = etcd.Open(etcd.Endpoints[0]);
            var own = (await local.StatusAsync(cancellationToken).ConfigureAwait(false)).Header.MemberId;
            var members = (await local.MemberListAsync(linearizable: false, cancellationToken).ConfigureAwait(false)).Members;
            var voters = members.Where(member => !member.IsLearner).ToArray();
            if (voters.All(member => member.ID != own)) return new QuorumGuard("", IsAtRisk: false);

            var others = voters.Where(member => member.ID != own && !leaving.Contains(member.Name)).ToArray();
            var answers = await Task.WhenAll(others.Select(member => IsHealthyAsync(etcd, member, cancellationToken))).ConfigureAwait(false);
            var left = answers.Count(healthy => healthy);
            var quorum = (voters.Length / 2) + 1;
            var text = $"Without etcd on {hosts}, {left} of {voters.Length} voters would be healthy, and {quorum} are needed";
            return left >= quorum ? new QuorumGuard($"{text}.", IsAtRisk: false) : new QuorumGuard($"{text}: the cluster would stop.", IsAtRisk: true);
        }
        catch (ClusterHealException e)
        {
            return new QuorumGuard($"Whether etcd keeps its quorum without {hosts} is not known: {e.Message}", IsAtRisk: true);
        }
    }

    /// <summary>The refusal.</summary>
    /// <param name="hostName">The host whose member should have been stopped.</param>
    public HostShellException Refusal(string hostName) => new(
        ErrorIds.QuorumAtRisk,
        FaultCategory.InvalidOperation,
        $"{Text} Nothing was stopped on {hostName}.",
        hostName,
        "Bring the other members back first (Get-EtcdMember shows them), or stop fewer members. -Force asks, and then stops it anyway.");

    /// <summary>Whether a member answers at one of the URLs that it advertises, and knows a leader.</summary>
    internal static async Task<bool> IsHealthyAsync(EtcdConnection etcd, Member member, CancellationToken cancellationToken)
    {
        foreach (var url in member.ClientURLs)
        {
            try
            {
                using var client = etcd.Open(EtcdEndpoint.Parse(url));
                var status = await client.StatusAsync(cancellationToken).ConfigureAwait(false);
                // If members advertise the loopback, the one on this very host would answer for all of them.
                if (status.Header.MemberId == member.ID && status.Leader != 0 && status.Errors.Count == 0) return true;
            }
            catch (ClusterHealException)
            {
                // It counts as silent, whatever the reason.
            }
        }

        return false;
    }

    /// <summary>The name of a host's member; null if it has none.</summary>
    private static async Task<string?> NameAsync(HostConnection host, Func<HostConnection, IHostShell> openShell, CancellationToken cancellationToken)
    {
        var shell = openShell(host);
        await using (shell.ConfigureAwait(false))
        {
            var etcd = await ComponentFinder.FindAsync(shell, ClusterComponent.Etcd, cancellationToken).ConfigureAwait(false);
            if (etcd.State == ComponentState.NotFound) return null;
            return (await EtcdHost.ReadConfigurationAsync(shell, host, etcd, cancellationToken).ConfigureAwait(false)).Name;
        }
    }
}
