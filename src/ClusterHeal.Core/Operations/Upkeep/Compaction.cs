using Etcdserverpb;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>
/// Compacts, and waits until each voter has removed the old revisions from its database. etcd waits only on the member that is asked, and each
/// revision is compacted once: so each voter is asked for a revision of its own, the last of them for the wanted one.
/// </summary>
/// <param name="members">The members.</param>
/// <param name="timeout">How long one member may take.</param>
internal sealed class Compaction(UpkeepMembers members, TimeSpan timeout)
{
    /// <summary>Compacts.</summary>
    /// <param name="ground">The members.</param>
    /// <param name="revision">The revision; it stays readable, and the ones before do not.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EtcdException">A member refused, or took too long; then it goes on by itself.</exception>
    public async Task RunAsync(UpkeepGround ground, long revision, CancellationToken cancellationToken)
    {
        var voters = ground.Voters.ToArray();
        for (var i = 0; i < voters.Length; i++)
        {
            var own = revision - (voters.Length - 1 - i);
            if (own < 1) continue;
            using var client = members.Open(voters[i], timeout);
            try
            {
                await client.CompactAsync(new CompactionRequest { Revision = own, Physical = true }, cancellationToken).ConfigureAwait(false);
            }
            catch (EtcdException e) when (e.ErrorId == ErrorIds.EtcdCompacted)
            {
                // An attempt before did it.
            }
        }
    }
}
