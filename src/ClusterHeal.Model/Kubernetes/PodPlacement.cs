namespace ClusterHeal;

/// <summary>A pod and where it runs.</summary>
public sealed record PodPlacement
{
    /// <summary>The pod's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The pod's name.</summary>
    public required string PodName { get; init; }

    /// <summary>The node, or null while it has none.</summary>
    public string? NodeName { get; init; }

    /// <summary>Its status as kubectl writes it: <c>Running</c>, <c>CrashLoopBackOff</c>, <c>Terminating</c> …</summary>
    public required string Status { get; init; }

    /// <summary>How many of its containers are ready.</summary>
    public int ReadyContainers { get; init; }

    /// <summary>How many containers it has.</summary>
    public int Containers { get; init; }

    /// <summary>Both, as kubectl shows them: <c>1/2</c>.</summary>
    public string Ready => $"{ReadyContainers}/{Containers}";

    /// <summary>True if the pod's condition Ready is True.</summary>
    public bool IsReady { get; init; }

    /// <summary>How often its containers were started again.</summary>
    public int Restarts { get; init; }

    /// <summary>Its address, or null.</summary>
    public string? PodIP { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreationTime { get; init; }

    /// <summary>Its age when this was read.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>What manages it: <c>ReplicaSet/web-5d98dc958f</c>; null if nothing does.</summary>
    public string? Owner { get; init; }

    /// <summary>The workload that people know: <c>Deployment/web</c> for a pod of its ReplicaSet, otherwise the owner.</summary>
    public string? Workload { get; init; }

    /// <summary>The pod's identity: a later pod with the same name has another.</summary>
    public required string Uid { get; init; }

    /// <summary>What became of it since a former look.</summary>
    public PodChange Change { get; init; }

    /// <summary>Where it, or the pod that it took the place of, was before; null if it did not change.</summary>
    public string? FormerNodeName { get; init; }

    /// <summary>Name, status and node.</summary>
    public override string ToString() => $"{Namespace}/{PodName} ({Status}) on {NodeName ?? "no node"}";
}

/// <summary>What became of a pod between two looks.</summary>
public enum PodChange : long
{
    /// <summary>Nothing, or there was no former look.</summary>
    None,

    /// <summary>It is new.</summary>
    Came,

    /// <summary>It is gone, and nothing of its workload took its place.</summary>
    Went,

    /// <summary>It took the place of a pod of its workload on another node.</summary>
    Moved,

    /// <summary>It took the place of a pod of its workload on the same node.</summary>
    Replaced,
}
