using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Members;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>Finds the quota of each member's database: from its metrics, otherwise from its status, otherwise from the user.</summary>
internal static class MemberQuotas
{
    /// <summary>What etcd uses if its setting is 0.</summary>
    private const long UsualQuota = 2L << 30;

    /// <summary>Asks the members.</summary>
    /// <param name="members">Asks the members.</param>
    /// <param name="ground">The members.</param>
    /// <param name="given">What the user says for those that do not say it, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The members with their quotas; below zero if a member has none.</returns>
    /// <exception cref="ClusterHealException">The quota of a member is not known.</exception>
    public static async Task<UpkeepGround> FindAsync(UpkeepMembers members, UpkeepGround ground, long? given, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(ground.Members.Select(async member => member with
        {
            DbSizeQuota = await QuotaQuery.FindAsync(members.Connection, UpkeepMembers.EndpointOf(member), cancellationToken).ConfigureAwait(false)
                ?? (EtcdVersions.Parse(member.Version) >= EtcdVersions.QuotaInStatus ? member.DbSizeQuota : null)
                ?? (given == 0 ? UsualQuota : given),
        })).ConfigureAwait(false);
        if (found.FirstOrDefault(member => member.DbSizeQuota is null) is not { } silent) return new UpkeepGround(found);
        throw new ClusterHealException(
            ErrorIds.AlarmRefused,
            FaultCategory.NotSupported,
            $"The member {UpkeepGround.NameOf(silent)} does not tell the quota of its database: its metrics are not served at {silent.Endpoint[0]}. Nothing was touched.",
            silent.Name,
            "Give it with -QuotaBytes: 'Get-EtcdConfiguration -HostName HOST' shows it as QuotaBytes, and etcd's default is 2GB.");
    }

    /// <summary>How many bytes of a quota must be free. With less, the next minutes of writes raise the alarm again.</summary>
    public static long Room(long quota)
    {
        const int Share = 20;
        const long Most = 64 << 20;
        return Math.Min(quota / Share, Most);
    }

    /// <summary>True if a member's database has no space for writes.</summary>
    public static bool IsFull(EtcdMember member) => member.DbSizeQuota is > 0 and var quota && member.DbSize > quota - Room(quota);

    /// <summary>The part of its quota that a member's database uses, 0 to 1 and above.</summary>
    public static double Share(EtcdMember member) => member.DbSizeQuota > 0 ? (double)member.DbSize!.Value / member.DbSizeQuota.Value : 0;
}
