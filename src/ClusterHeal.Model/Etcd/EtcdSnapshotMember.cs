namespace ClusterHeal;

/// <summary>A member of the cluster at the time when a snapshot was taken.</summary>
public sealed record EtcdSnapshotMember
{
    /// <summary>Its id, as etcdctl prints it.</summary>
    public required string Id { get; init; }

    /// <summary>Its name; empty if it was never started.</summary>
    public required string Name { get; init; }

    /// <summary>Where the other members reach it.</summary>
    public required ItemCollection<string> PeerUrls { get; init; }

    /// <summary>Where clients reach it; empty if it was never started.</summary>
    public required ItemCollection<string> ClientUrls { get; init; }

    /// <summary>Whether it has no vote.</summary>
    public required bool IsLearner { get; init; }

    /// <summary>Name and id.</summary>
    public override string ToString() => $"{(Name.Length > 0 ? Name : "(unstarted)")} {Id}{(IsLearner ? " learner" : "")}";
}
