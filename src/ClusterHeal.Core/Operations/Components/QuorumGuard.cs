using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using Etcdserverpb;

namespace ClusterHeal.Operations;

/// <summary>Counts before etcd is stopped on a host: the voters that would still be healthy must be a majority of all voters.</summary>
internal static class QuorumGuard
{
    /// <summary>Throws where the stop would end the quorum, or where that cannot be told, unless the user forces it and says yes.</summary>
    /// <param name="shell">The host whose member is to be stopped.</param>
    /// <param name="connection">How the host is reached.</param>
    /// <param name="force">True to ask in place of refusing.</param>
    /// <param name="sink">Where the question goes.</param>
    /// <param name="cancellationToken">Ends the counting.</param>
    /// <exception cref="HostShellException">Refused.</exception>
    public static async Task CheckAsync(
        IHostShell shell, HostConnection connection, bool force, IOperationSink sink, CancellationToken cancellationToken)
    {
        var reason = await ReasonAgainstAsync(shell, connection, sink, cancellationToken).ConfigureAwait(false);
        if (reason is null) return;
        if (force && await sink.ConfirmDangerAsync("etcd quorum", $"{reason} Stop it all the same?", cancellationToken).ConfigureAwait(false)) return;
        throw new HostShellException(
            ErrorIds.QuorumAtRisk,
            FaultCategory.InvalidOperation,
            $"{reason} Nothing was stopped.",
            shell.HostName,
            "Bring the other members back first (Get-EtcdMember shows them). -Force asks, and then stops it all the same.");
    }

    private static async Task<string?> ReasonAgainstAsync(
        IHostShell shell, HostConnection connection, IOperationSink sink, CancellationToken cancellationToken)
    {
        try
        {
            var configuration = await EtcdHost.ReadConfigurationAsync(shell, connection, cancellationToken).ConfigureAwait(false);
            var etcd = await EtcdHost.ConnectAsync(shell, configuration, cancellationToken).ConfigureAwait(false);
            using var tls = etcd.Tls;
            using var local = etcd.Open(etcd.Endpoints[0]);
            var own = (await local.StatusAsync(cancellationToken).ConfigureAwait(false)).Header.MemberId;
            var members = (await local.MemberListAsync(linearizable: false, cancellationToken).ConfigureAwait(false)).Members;
            var voters = members.Where(member => !member.IsLearner).ToArray();
            if (voters.All(member => member.ID != own)) return null;

            var others = voters.Where(member => member.ID != own).ToArray();
            var answers = await Task.WhenAll(others.Select(member => IsHealthyAsync(etcd, member, cancellationToken))).ConfigureAwait(false);
            var left = answers.Count(healthy => healthy);
            var quorum = (voters.Length / 2) + 1;
            sink.Verbose($"{shell.HostName}: {voters.Length} voters, quorum {quorum}; without this member {left} are healthy.");
            return left >= quorum
                ? null
                : $"Without the etcd member on {shell.HostName}, {left} of {voters.Length} voters would be healthy, and {quorum} are needed: the cluster would stop.";
        }
        catch (ClusterHealException e)
        {
            return $"Whether etcd keeps its quorum without the member on {shell.HostName} cannot be told: {e.Message}";
        }
    }

    /// <summary>Whether a member answers at one of the URLs that it advertises, and knows a leader.</summary>
    internal static async Task<bool> IsHealthyAsync(EtcdConnection etcd, Member member, CancellationToken cancellationToken)
    {
        foreach (var url in member.ClientURLs)
        {
            try
            {
                using var client = etcd.Open(EtcdEndpoint.Parse(url));
                var status = await client.StatusAsync(cancellationToken).ConfigureAwait(false);
                // Where members advertise the loopback, the one on this very host would answer for all of them.
                if (status.Header.MemberId == member.ID && status.Leader != 0 && status.Errors.Count == 0) return true;
            }
            catch (ClusterHealException)
            {
                // It counts as one that does not answer, whatever the reason.
            }
        }

        return false;
    }
}
