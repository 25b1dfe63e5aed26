namespace ClusterHeal;

/// <summary>Where a snapshot comes from, as the manifest beside it tells.</summary>
public sealed record EtcdSnapshotOrigin
{
    /// <summary>When the member had sent it whole.</summary>
    public required DateTimeOffset SavedAt { get; init; }

    /// <summary>Who saved it, and on which machine: <c>USER@MACHINE</c>. Null if an older version wrote the manifest.</summary>
    public required string? SavedBy { get; init; }

    /// <summary>The member that sent it, as it was reached.</summary>
    public required string Endpoint { get; init; }

    /// <summary>That member's id, as etcdctl prints it.</summary>
    public required string MemberId { get; init; }

    /// <summary>The cluster's id.</summary>
    public required string ClusterId { get; init; }

    /// <summary>The version of that member's server.</summary>
    public required string ServerVersion { get; init; }

    /// <summary>The member, the time and the user.</summary>
    public override string ToString() => $"{Endpoint} (etcd {ServerVersion}) at {SavedAt:u}{(SavedBy is null ? "" : $" by {SavedBy}")}";
}
