namespace ClusterHeal;

/// <summary>Which members of etcd will be defragmented, in which order, computed from the live cluster before anything is touched.</summary>
public sealed record EtcdDefragmentationPlan
{
    /// <summary>The cluster, as the user calls it.</summary>
    public required string Cluster { get; init; }

    /// <summary>The members, in the order in which they are defragmented; the leader is the last.</summary>
    public required ItemCollection<EtcdMember> Members { get; init; }

    /// <summary>The plan as sentences, one step each.</summary>
    public required ItemCollection<string> Steps { get; init; }

    /// <summary>One line.</summary>
    public override string ToString() => $"defragmentation of {string.Join(", ", Members.Select(member => member.Name))} ({Cluster})";
}
