namespace ClusterHeal;

/// <summary>How a drill came out.</summary>
public enum DrillVerdict : long
{
    /// <summary>Everything was seen as it was expected, and the cluster is well again.</summary>
    AsExpected,

    /// <summary>Something was not as it was expected: the cluster behaves otherwise than the book, or its flags, say.</summary>
    NotAsExpected,

    /// <summary>Nothing was seen against the expectations, and something could not be seen at all.</summary>
    Inconclusive,

    /// <summary>A guard tripped, or the user stopped it; it was healed before its time.</summary>
    EndedEarly,

    /// <summary>The cluster was not seen to be well again. The switches on the hosts stay armed if they are needed.</summary>
    NotHealed,
}
