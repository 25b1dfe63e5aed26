namespace ClusterHeal;

/// <content>Failure drills.</content>
public static partial class ErrorIds
{
    /// <summary>The cluster is not well, so no drill may begin. Nothing was touched.</summary>
    public const string ClusterNotWell = "ClusterNotWell";

    /// <summary>A drill cannot be done on this cluster, or not with these options, or only with -Force. Nothing was broken.</summary>
    public const string DrillRefused = "DrillRefused";

    /// <summary>A drill ended before its time, because a guard tripped or the user stopped it; what it broke was healed.</summary>
    public const string DrillEndedEarly = "DrillEndedEarly";

    /// <summary>After a drill the cluster was not seen to be well again.</summary>
    public const string DrillNotHealed = "DrillNotHealed";

    /// <summary>No host remembers a drill that is not ended.</summary>
    public const string DrillNotFound = "DrillNotFound";

    /// <summary>A drill could not be undone whole.</summary>
    public const string DrillNotUndone = "DrillNotUndone";
}
