namespace ClusterHeal;

/// <summary>What a drain of a node would do, computed from the cluster as it is; nothing is changed by it.</summary>
public sealed record NodeDrainPlan
{
    /// <summary>The node.</summary>
    public required string NodeName { get; init; }

    /// <summary>The cluster's name.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The node's status as kubectl writes it.</summary>
    public required string NodeStatus { get; init; }

    /// <summary>True if the node is cordoned already; a drain that gives up leaves such a node as it found it.</summary>
    public bool IsCordoned { get; init; }

    /// <summary>True if the kubelet is silent: evicted pods stay Terminating there until someone removes them.</summary>
    public bool IsDead { get; init; }

    /// <summary>Every pod on the node and what becomes of it.</summary>
    public ItemCollection<PodDrainDecision> Pods { get; init; } = [];

    /// <summary>Every budget that has a say in it, counted over all nodes that were planned together.</summary>
    public ItemCollection<BudgetForecast> Budgets { get; init; } = [];

    /// <summary>Why this node must not be drained, or null: the etcd member on it is needed, or nobody can tell whether it is.</summary>
    public string? QuorumRisk { get; init; }

    /// <summary>What the plan cannot know, in sentences; empty if it knows all.</summary>
    public ItemCollection<string> Caveats { get; init; } = [];

    /// <summary>True if no pod refuses, so that a drain would begin.</summary>
    public bool CanStart => QuorumRisk is null && Pods.All(p => p.Action != PodDrainAction.Refuse);

    /// <summary>True if a drain would begin, and as far as can be known no pod would block it.</summary>
    public bool WillComplete => CanStart && !IsDead && Pods.All(p => p.Outcome != EvictionOutcome.Blocks);

    /// <summary>The plan in a sentence.</summary>
    public override string ToString()
    {
        var leave = Pods.Count(p => p.Action is PodDrainAction.Evict or PodDrainAction.Delete);
        var refuse = Pods.Count(p => p.Action == PodDrainAction.Refuse);
        var block = Pods.Count(p => p.Outcome == EvictionOutcome.Blocks);
        var wait = Pods.Count(p => p.Outcome == EvictionOutcome.Waits);
        return $"{NodeName}: {(IsCordoned ? "is cordoned" : "cordon")}, {leave} of {Pods.Count} pods leave"
            + (wait > 0 ? $", {wait} of them wait for a budget" : "")
            + (block > 0 ? $", {block} will block" : "")
            + (refuse > 0 ? $", {refuse} refuse" : "")
            + (QuorumRisk is null ? "" : ", etcd may lose its quorum")
            + (IsDead ? ", the kubelet is silent" : "");
    }
}
