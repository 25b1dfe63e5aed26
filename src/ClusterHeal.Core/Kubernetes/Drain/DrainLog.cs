namespace ClusterHeal.Kubernetes;

/// <summary>Keeps the state of a node's pods and reports each change once.</summary>
/// <param name="nodeName">The node.</param>
/// <param name="context">What all nodes share.</param>
internal sealed class DrainLog(string nodeName, DrainContext context)
{
    public void Node(NodeDrainEventKind kind, string message = "") => Emit(new NodeDrainEvent
    {
        Time = Now,
        NodeName = nodeName,
        Kind = kind,
        Message = message,
    });

    public void Skipped(PodDrainDecision decision) => Emit(new NodeDrainEvent
    {
        Time = Now,
        NodeName = nodeName,
        Kind = NodeDrainEventKind.Skipped,
        Namespace = decision.Namespace,
        PodName = decision.PodName,
        Message = string.Join("; ", decision.Reasons.Select(r => r.Message)),
    });

    public void Agreed(DrainTarget target)
    {
        target.State = DrainTargetState.Ending;
        (target.Obstacle, target.Since, target.Budget) = (EvictionObstacle.None, Now, null);
        target.Message = "it is ending";
        Pod(NodeDrainEventKind.Evicting, target, "");
    }

    public void Blocked(DrainTarget target, EvictionVerdict verdict)
    {
        var known = target.Obstacle == verdict.Obstacle && target.Message == verdict.Message;
        if (target.Obstacle == EvictionObstacle.None) target.Since = Now;
        target.Budget = verdict.Budget is null ? null : $"{target.Pod.Metadata.Namespace}/{verdict.Budget}";
        (target.Obstacle, target.Message) = (verdict.Obstacle, verdict.Message);
        if (!known) Pod(NodeDrainEventKind.Blocked, target, verdict.Message);
    }

    public void Failed(DrainTarget target, EvictionVerdict verdict)
    {
        (target.State, target.Obstacle, target.Message, target.Since) = (DrainTargetState.Failed, verdict.Obstacle, verdict.Message, Now);
        Pod(NodeDrainEventKind.PodFailed, target, verdict.Message);
    }

    public void Gone(DrainTarget target)
    {
        target.State = DrainTargetState.Gone;
        Pod(NodeDrainEventKind.PodGone, target, "");
    }

    public void Abandoned(DrainTarget target, string message)
    {
        target.State = DrainTargetState.Abandoned;
        Pod(NodeDrainEventKind.Skipped, target, message);
    }

    public void Lingering(DrainTarget target, string message)
    {
        target.Message = message;
        if (target.LingeringTold) return;
        target.LingeringTold = true;
        Pod(NodeDrainEventKind.Lingering, target, message);
    }

    private DateTimeOffset Now => context.Client.Time.GetUtcNow();

    private void Pod(NodeDrainEventKind kind, DrainTarget target, string message) => Emit(new NodeDrainEvent
    {
        Time = Now,
        NodeName = nodeName,
        Kind = kind,
        Namespace = target.Pod.Metadata.Namespace,
        PodName = target.Pod.Metadata.Name,
        Budget = target.Budget,
        Obstacle = target.Obstacle,
        Message = message,
        Since = target.Since,
    });

    private void Emit(NodeDrainEvent happened) => context.Sink.Emit(happened);
}
