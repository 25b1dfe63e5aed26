namespace ClusterHeal.Kubernetes;

/// <summary>How far a pod is that has to leave.</summary>
internal enum DrainTargetState
{
    /// <summary>The server has not agreed yet.</summary>
    Asking,

    /// <summary>The server has agreed.</summary>
    Ending,

    /// <summary>The server will never agree.</summary>
    Failed,

    /// <summary>It is gone.</summary>
    Gone,

    /// <summary>It has been ending for so long that it is not waited for.</summary>
    Abandoned,
}

/// <summary>A pod that has to leave. Its queue moves it to Ending or Failed, the monitor of its node to Gone or Abandoned.</summary>
internal sealed class DrainTarget(Pod pod, PodDrainAction action)
{
    /// <summary>The pod as it was when it was chosen.</summary>
    public Pod Pod { get; } = pod;

    public PodDrainAction Action { get; } = action;

    public DrainTargetState State { get; set; }

    public EvictionObstacle Obstacle { get; set; }

    public string Message { get; set; } = "the server has not been asked yet";

    public string? Budget { get; set; }

    /// <summary>Since when it is in this state, or null.</summary>
    public DateTimeOffset? Since { get; set; }

    public bool LingeringTold { get; set; }

    public bool IsOpen => State is DrainTargetState.Asking or DrainTargetState.Ending;

    public RemainingPod ToRemaining() => new(Pod.Metadata.Namespace, Pod.Metadata.Name, Obstacle, Message, Since);
}
