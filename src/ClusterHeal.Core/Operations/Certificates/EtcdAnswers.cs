using ClusterHeal.Etcd;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Certificates;

/// <summary>Asks members of etcd through their hosts, with the hosts' own files.</summary>
internal static class EtcdAnswers
{
    /// <summary>Why the member of a host does not serve; null if it does and has a leader.</summary>
    public static async Task<string?> WhyNotAsync(IHostShell shell, EtcdConfiguration etcd, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await EtcdHost.ConnectAsync(shell, etcd, cancellationToken).ConfigureAwait(false);
            using var tls = connection.Tls;
            using var client = connection.Open(connection.Endpoints[0]);
            return (await client.StatusAsync(cancellationToken).ConfigureAwait(false)).Leader == 0 ? "it has no leader" : null;
        }
        catch (ClusterHealException e)
        {
            return e.Message;
        }
    }

    /// <summary>Why etcd would lose its quorum without the member of a host; null if it would not, or if that member is the only one.</summary>
    /// <param name="host">The host.</param>
    /// <param name="hosts">All hosts. Another one is asked first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<string?> WhyNoQuorumWithoutAsync(RenewalHostGround host, IEnumerable<RenewalHostGround> hosts, CancellationToken cancellationToken)
    {
        string? why = null;
        foreach (var asked in hosts.Where(other => other.Etcd is not null).OrderBy(other => other == host))
        {
            try
            {
                var connection = await EtcdHost.ConnectAsync(asked.Shell, asked.Etcd!, cancellationToken).ConfigureAwait(false);
                using var tls = connection.Tls;
                using var client = connection.Open(connection.Endpoints[0]);
                var voters = (await client.MemberListAsync(linearizable: false, cancellationToken).ConfigureAwait(false)).Members.Where(member => !member.IsLearner).ToArray();
                if (voters.Length == 1) return null;
                var others = voters.Where(member => member.Name != host.Etcd!.Name);
                var healthy = (await Task.WhenAll(others.Select(member => QuorumGuard.IsHealthyAsync(connection, member, cancellationToken))).ConfigureAwait(false))
                    .Count(isHealthy => isHealthy);
                return healthy > voters.Length / 2 ? null : $"without it {healthy} of {voters.Length} voters would be healthy, and {(voters.Length / 2) + 1} are needed";
            }
            catch (ClusterHealException e)
            {
                why ??= $"{asked.Shell.HostName}: {e.Message}";
            }
        }

        return why;
    }
}
