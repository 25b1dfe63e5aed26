using System.Globalization;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>The proof that all voters have the same data. Without it the alarm CORRUPT stays raised.</summary>
internal static class EqualData
{
    /// <summary>Compares the hashes of all voters at one revision.</summary>
    /// <param name="members">The members.</param>
    /// <param name="timeout">How long a member may take for its hash.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The hash and the revision, for the step's message.</returns>
    /// <exception cref="ClusterHealException">They differ, or one cannot be compared.</exception>
    public static async Task<string> ProveAsync(UpkeepMembers members, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var facts = await new EtcdSurvey(members.Connection with { CallTimeout = timeout }).RunAsync(cancellationToken).ConfigureAwait(false);
        var voters = facts.Voters.Count();
        if (voters == 1)
        {
            throw Refused(members, "The alarm CORRUPT is raised, and the cluster has one voter: there is nothing to compare its data with.", "Restore a snapshot that is proven: Restore-EtcdSnapshot.");
        }

        var hashes = facts.Hashes.Where(hash => hash.Obstacle is null).ToArray();
        var lines = string.Join(", ", facts.Hashes.Select(hash => hash.Obstacle is { } why
            ? $"{hash.Member}: {why}"
            : string.Create(CultureInfo.InvariantCulture, $"{hash.Member} has hash {hash.Hash} (compacted at {hash.CompactRevision})")));
        if (hashes.DistinctBy(hash => hash.CompactRevision).Count() == 1 && hashes.DistinctBy(hash => hash.Hash).Count() > 1)
        {
            throw Refused(
                members,
                $"The members hold different data, so the alarm CORRUPT is right. At revision {facts.HashRevision}: {lines}.",
                "Repair the member that differs from the majority with Repair-EtcdMember; then clear the alarm.");
        }

        if (hashes.Length == voters && hashes.DistinctBy(hash => hash.CompactRevision).Count() == 1)
        {
            return string.Create(CultureInfo.InvariantCulture, $"hash {hashes[0].Hash} at revision {facts.HashRevision} on {voters} members");
        }

        throw Refused(
            members,
            $"Whether all members hold the same data is not known, so the alarm CORRUPT stays. At revision {facts.HashRevision}: {lines}.",
            "Try again once all members serve. A member that differs is repaired with Repair-EtcdMember.");
    }

    private static ClusterHealException Refused(UpkeepMembers members, string why, string remedy) =>
        new(ErrorIds.AlarmRefused, FaultCategory.VerificationFailed, $"{why} Nothing was touched.", members.Cluster, remedy);
}
