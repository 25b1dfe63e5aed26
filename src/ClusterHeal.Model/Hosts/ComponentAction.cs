namespace ClusterHeal;

/// <summary>What to do with a component.</summary>
public enum ComponentAction : long
{
    /// <summary>Stop it, for a time.</summary>
    Stop,

    /// <summary>Start it.</summary>
    Start,

    /// <summary>Stop it and start it at once.</summary>
    Restart,
}
