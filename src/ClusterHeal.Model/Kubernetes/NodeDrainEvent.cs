namespace ClusterHeal;

/// <summary>Something that happened while a node was drained.</summary>
public sealed record NodeDrainEvent
{
    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>On which node.</summary>
    public required string NodeName { get; init; }

    /// <summary>What.</summary>
    public required NodeDrainEventKind Kind { get; init; }

    /// <summary>The pod's namespace, or null if it is about the node.</summary>
    public string? Namespace { get; init; }

    /// <summary>The pod, or null if it is about the node.</summary>
    public string? PodName { get; init; }

    /// <summary>The pod as kubectl names it, <c>namespace/name</c>; null if it is about the node.</summary>
    public string? Pod => PodName is null ? null : $"{Namespace}/{PodName}";

    /// <summary>The budget that blocks, <c>namespace/name</c>, or null.</summary>
    public string? Budget { get; init; }

    /// <summary>Why an eviction is blocked.</summary>
    public EvictionObstacle Obstacle { get; init; }

    /// <summary>The same in words.</summary>
    public string Message { get; init; } = "";

    /// <summary>Since when the pod is waited for; null if nothing is waited for.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>One line.</summary>
    public override string ToString() =>
        $"{NodeName}: {Kind}{(PodName is null ? "" : $" {Namespace}/{PodName}")}{(Message.Length == 0 ? "" : ": ")}{Message}";
}

/// <summary>What happened in a drain.</summary>
public enum NodeDrainEventKind : long
{
    /// <summary>The node takes no new pods any more.</summary>
    Cordoned,

    /// <summary>The node was cordoned before.</summary>
    AlreadyCordoned,

    /// <summary>A pod is left where it is.</summary>
    Skipped,

    /// <summary>The server agreed; the pod is ending.</summary>
    Evicting,

    /// <summary>The server does not agree for now; it is asked again.</summary>
    Blocked,

    /// <summary>The pod is gone.</summary>
    PodGone,

    /// <summary>The pod takes longer to end than its grace period allows.</summary>
    Lingering,

    /// <summary>The server will never agree; the pod stays.</summary>
    PodFailed,

    /// <summary>All pods are gone; replacements are awaited.</summary>
    AwaitingReplacements,

    /// <summary>The API server does not answer; the drain continues when it does.</summary>
    ApiUnavailable,

    /// <summary>The API server answers again.</summary>
    ApiAvailable,

    /// <summary>The node takes new pods again, because the drain gave up.</summary>
    Uncordoned,
}

/// <summary>Why the server does not evict a pod.</summary>
public enum EvictionObstacle : long
{
    /// <summary>Nothing is in the way.</summary>
    None,

    /// <summary>A budget allows no disruption now.</summary>
    Budget,

    /// <summary>A budget has changed and the controller manager has not looked at it yet.</summary>
    BudgetNotObserved,

    /// <summary>Several budgets guard the pod, which the eviction API does not support.</summary>
    SeveralBudgets,

    /// <summary>The budget's own count is out of order.</summary>
    BudgetOutOfOrder,

    /// <summary>The API server is starting or asks to come back later.</summary>
    ServerBusy,

    /// <summary>The API server cannot be reached, or fails inside.</summary>
    ServerUnavailable,

    /// <summary>An admission webhook objects, or cannot be asked.</summary>
    Webhook,

    /// <summary>The namespace is being removed, and its pods with it.</summary>
    NamespaceTerminating,

    /// <summary>The server says that there is no such namespace, which says nothing about the pod.</summary>
    NamespaceMissing,

    /// <summary>The user may not evict there.</summary>
    Forbidden,

    /// <summary>The server refuses the request itself.</summary>
    Rejected,
}
