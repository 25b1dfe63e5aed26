using Etcdserverpb;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>
/// Compacts, and waits until each voter has removed the old revisions from its database. etcd waits only on the member that is asked, and compacts
/// each revision only once. So each voter is asked for another revision, the last one for the wanted one.
/// </summary>
/// <param name="members">The members.</param>
/// <param name="timeout">How long one member may take.</param>
internal sealed class Compaction(UpkeepMembers members, TimeSpan timeout)
{
    /// <summary>Compacts.</summary>
    /// <param name="ground">The members.</param>
    /// <param name="revision">The revision. It stays readable; earlier ones do not.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EtcdException">A member refused, or took too long; then the compaction continues by itself.</exception>
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
                // An earlier attempt did it.
            }
        }
    }
}
