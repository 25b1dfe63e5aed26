using System.Globalization;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>The state of etcd's members at one moment.</summary>
/// <param name="Members">The members, with the fault of each that does not answer.</param>
internal sealed record UpkeepGround(IReadOnlyList<EtcdMember> Members)
{
    /// <summary>Two members are not asked at the same moment. On a busy cluster there may be a few hundred entries between them.</summary>
    private const long LagThatMatters = 1000;

    public IEnumerable<EtcdMember> Voters => Members.Where(member => !member.IsLearner);

    /// <summary>The leader, or null if none is seen.</summary>
    public EtcdMember? Leader => Members.FirstOrDefault(member => member.IsLeader);

    /// <summary>Why no member may be blocked now, as a sentence; null if all serve and have caught up.</summary>
    public string? Fault
    {
        get
        {
            if (Members.FirstOrDefault(member => !EtcdFacts.IsServing(member)) is { } silent)
            {
                return $"The member {NameOf(silent)} does not serve: {silent.Error}";
            }

            if (!AgreesOnLeader) return "The members do not name the same leader: an election is going on, or they are parted.";
            var head = Members.Max(member => member.RaftIndex)!.Value;
            return Members.FirstOrDefault(member => head - member.RaftAppliedIndex > LagThatMatters) is { } late
                ? $"The member {NameOf(late)} is {head - late.RaftAppliedIndex} entries behind the others."
                : null;
        }
    }

    /// <summary>True if those that answer have one leader, in one term.</summary>
    public bool AgreesOnLeader
    {
        get
        {
            var answering = Members.Where(member => member.RaftTerm is not null).ToArray();
            return answering.Count(member => member.IsLeader) == 1 && answering.DistinctBy(member => member.RaftTerm).Count() == 1;
        }
    }

    /// <summary>The name of a member in messages.</summary>
    public static string NameOf(EtcdMember member) => $"'{EtcdFacts.NameOf(member)}'";

    /// <summary>The ID of a member, as a number.</summary>
    public static ulong IdOf(EtcdMember member) => ulong.Parse(member.Id, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>The member with a name or an ID.</summary>
    /// <param name="nameOrId">What the user wrote.</param>
    /// <returns>The member; null if there is none, or if several have the name.</returns>
    public EtcdMember? Find(string nameOrId)
    {
        var byId = Members.FirstOrDefault(member => member.Id.Equals(nameOrId.TrimStart('0'), StringComparison.OrdinalIgnoreCase));
        if (byId is not null) return byId;
        var byName = Members.Where(member => member.Name == nameOrId).ToArray();
        return byName.Length == 1 ? byName[0] : null;
    }

    /// <summary>The current state of the same member; null if it is no longer a member.</summary>
    public EtcdMember? Now(EtcdMember member) => Members.FirstOrDefault(other => other.Id == member.Id);

    /// <summary>The best member to lead: the follower that has applied the most, and of several the one that answers first; null if there is none.</summary>
    public EtcdMember? BestFollower => Voters
        .Where(member => !member.IsLeader && EtcdFacts.IsServing(member))
        .OrderBy(member => member.Alarms.Length)
        .ThenByDescending(member => member.RaftAppliedIndex)
        .ThenBy(member => member.Latency)
        .FirstOrDefault();

    /// <summary>All members, for a message.</summary>
    public string Listed => string.Join(", ", Members.Select(member => $"{NameOf(member)} ({member.Id})"));
}
