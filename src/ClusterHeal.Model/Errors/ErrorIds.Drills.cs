namespace ClusterHeal;

/// <content>Failure drills.</content>
public static partial class ErrorIds
{
    /// <summary>The cluster is not healthy, so no drill may begin. Nothing was touched.</summary>
    public const string ClusterNotWell = "ClusterNotWell";

    /// <summary>A drill cannot be done on this cluster, or not with these options, or only with -Force. Nothing was broken.</summary>
    public const string DrillRefused = "DrillRefused";

    /// <summary>A drill ended before its time, because a guard tripped or the user stopped it; what it broke was healed.</summary>
    public const string DrillEndedEarly = "DrillEndedEarly";

    /// <summary>The cluster was not seen to be healthy again after a drill.</summary>
    public const string DrillNotHealed = "DrillNotHealed";

    /// <summary>No host has a record of an unfinished drill.</summary>
    public const string DrillNotFound = "DrillNotFound";

    /// <summary>A drill could not be undone completely.</summary>
    public const string DrillNotUndone = "DrillNotUndone";
}
