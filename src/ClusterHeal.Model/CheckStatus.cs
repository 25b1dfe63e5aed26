namespace ClusterHeal;

/// <summary>The answer of one check.</summary>
public enum CheckStatus : long
{
    /// <summary>It is as it should be.</summary>
    Pass,

    /// <summary>It works and someone should look at it.</summary>
    Warning,

    /// <summary>It is not as it should be.</summary>
    Fail,

    /// <summary>It could not be seen, so nothing is claimed. The message says why.</summary>
    Unknown,
}
