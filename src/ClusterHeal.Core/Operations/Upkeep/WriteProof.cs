using Etcdserverpb;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>
/// Proves that writes work, with a lease that is granted and revoked through each voter: etcd checks quota and alarms for it as for a key, and writes
/// it to the database of every member. It makes no key and no revision, and no watch sees it. If this machine dies in between, the lease expires.
/// </summary>
internal static class WriteProof
{
    private const long Seconds = 60;

    /// <summary>Writes through each voter.</summary>
    /// <returns>Null if all writes worked, otherwise the message of the full member.</returns>
    /// <exception cref="EtcdException">A write failed for another reason.</exception>
    public static async Task<string?> FindFaultAsync(UpkeepMembers members, UpkeepGround ground, CancellationToken cancellationToken)
    {
        foreach (var voter in ground.Voters)
        {
            using var client = members.Open(voter);
            try
            {
                var lease = await client.LeaseGrantAsync(new LeaseGrantRequest { TTL = Seconds }, cancellationToken).ConfigureAwait(false);
                await client.LeaseRevokeAsync(lease.ID, cancellationToken).ConfigureAwait(false);
            }
            catch (EtcdException e) when (e.ErrorId == ErrorIds.EtcdNoSpace)
            {
                return e.Message;
            }
        }

        return null;
    }
}
