namespace ClusterHeal.Kubernetes;

/// <summary>How far the eviction of a pod is.</summary>
internal enum DrainTargetState
{
    /// <summary>The server has not agreed yet.</summary>
    Asking,

    /// <summary>The server has agreed.</summary>
    Ending,

    /// <summary>The server will never agree.</summary>
    Failed,

    Gone,

    /// <summary>It takes so long to end that nobody waits for it any more.</summary>
    Abandoned,
}

/// <summary>A pod to evict. Its queue sets it to Ending or Failed, the monitor of its node to Gone or Abandoned.</summary>
internal sealed class DrainTarget(Pod pod, PodDrainAction action)
{
    /// <summary>The pod as it was when it was chosen.</summary>
    public Pod Pod { get; } = pod;

    public PodDrainAction Action { get; } = action;

    public DrainTargetState State { get; set; }

    public EvictionObstacle Obstacle { get; set; }

    public string Message { get; set; } = "the server has not been asked yet";

    public string? Budget { get; set; }

    /// <summary>When it got into this state, or null.</summary>
    public DateTimeOffset? Since { get; set; }

    public bool LingeringTold { get; set; }

    public bool IsOpen => State is DrainTargetState.Asking or DrainTargetState.Ending;

    public RemainingPod ToRemaining() => new(Pod.Metadata.Namespace, Pod.Metadata.Name, Obstacle, Message, Since);
}
