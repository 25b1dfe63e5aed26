namespace ClusterHeal;

/// <summary>How a step of the repair of a cluster went.</summary>
public enum ClusterRepairStepOutcome : long
{
    /// <summary>It was not begun.</summary>
    Planned,

    /// <summary>It was done, and its checks pass.</summary>
    Healed,

    /// <summary>Its checks passed before it was begun, so it was not done.</summary>
    HealedByItself,

    /// <summary>It failed, or its checks fail after it. No further step was begun.</summary>
    Failed,
}
