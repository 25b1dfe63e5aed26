namespace ClusterHeal;

/// <summary>What a drain does with a pod, and why.</summary>
public sealed record PodDrainDecision
{
    /// <summary>The node.</summary>
    public required string NodeName { get; init; }

    /// <summary>The pod's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The pod's name.</summary>
    public required string PodName { get; init; }

    /// <summary>The pod's identity.</summary>
    public required string Uid { get; init; }

    /// <summary>What manages it, or null.</summary>
    public string? Workload { get; init; }

    /// <summary>What is done with it.</summary>
    public required PodDrainAction Action { get; init; }

    /// <summary>All reasons for it, not only the first.</summary>
    public ItemCollection<PodDrainReason> Reasons { get; init; } = [];

    /// <summary>Whether its eviction will be allowed.</summary>
    public EvictionOutcome Outcome { get; init; }

    /// <summary>The budget that decides about it, <c>namespace/name</c>; several if they contradict each other; null without.</summary>
    public string? Budget { get; init; }

    /// <summary>Why it waits or blocks, and what would free it; null if it passes.</summary>
    public string? Obstacle { get; init; }

    /// <summary>The pod as kubectl names it: <c>namespace/name</c>.</summary>
    public string Pod => $"{Namespace}/{PodName}";

    /// <summary>The obstacle and the reasons as one text; empty if there are none.</summary>
    public string Why => string.Join("; ", Reasons.Select(reason => reason.ToString()).Prepend(Obstacle).OfType<string>());

    /// <summary>Pod, action and reasons.</summary>
    public override string ToString() => $"{Namespace}/{PodName}: {Action}{(Reasons.Count == 0 ? "" : ", ")}{string.Join("; ", Reasons)}";
}

/// <summary>One reason for a decision.</summary>
/// <param name="Kind">The reason, for programs.</param>
/// <param name="Message">The reason, for people.</param>
/// <param name="Override">The parameter that would decide otherwise, or null.</param>
public sealed record PodDrainReason(PodDrainReasonKind Kind, string Message, string? Override = null)
{
    /// <summary>The message and what would decide otherwise.</summary>
    public override string ToString() => Override is null ? Message : $"{Message} (use -{Override} to override)";
}

/// <summary>What a drain does with a pod.</summary>
public enum PodDrainAction : long
{
    /// <summary>It asks the server to evict it, which looks at budgets.</summary>
    Evict,

    /// <summary>It deletes it, past all budgets.</summary>
    Delete,

    /// <summary>It leaves it.</summary>
    Skip,

    /// <summary>The drain does not begin because of it.</summary>
    Refuse,
}

/// <summary>Whether an eviction will be allowed.</summary>
public enum EvictionOutcome : long
{
    /// <summary>Nothing is asked of the server, so nothing is predicted.</summary>
    None,

    /// <summary>At once.</summary>
    Passes,

    /// <summary>As soon as replacements of pods that go before it are Ready elsewhere.</summary>
    Waits,

    /// <summary>Nothing that the drain does will free it.</summary>
    Blocks,
}

/// <summary>Why a drain decides as it does about a pod.</summary>
public enum PodDrainReasonKind : long
{
    /// <summary>Its DaemonSet would start it again at once.</summary>
    DaemonSet,

    /// <summary>It names a DaemonSet that does not exist any more.</summary>
    OrphanedDaemonSet,

    /// <summary>It is the image of a static pod, which only its node can stop.</summary>
    Mirror,

    /// <summary>It has data in an emptyDir, which go with it.</summary>
    LocalStorage,

    /// <summary>Nothing would recreate it elsewhere.</summary>
    Unmanaged,

    /// <summary>It has ended by itself.</summary>
    Finished,

    /// <summary>It is being deleted already.</summary>
    Terminating,

    /// <summary>Finalizers hold it after its containers have ended.</summary>
    Finalizers,

    /// <summary>The kubelet that would have to end it is silent.</summary>
    SilentKubelet,
}
