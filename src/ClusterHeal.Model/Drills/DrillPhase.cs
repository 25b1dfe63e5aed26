namespace ClusterHeal;

/// <summary>What a drill is at.</summary>
public enum DrillPhase : long
{
    /// <summary>Looks whether the cluster is well. Nothing has been changed.</summary>
    SteadyState,

    /// <summary>
    /// Locks the hosts, writes the record by which the drill can be undone, starts the canary, and makes what the drill needs besides, such as a
    /// snapshot.
    /// </summary>
    Preparation,

    /// <summary>Arms the dead-man's switch and breaks what the drill breaks.</summary>
    Injection,

    /// <summary>Watches what the failure does.</summary>
    Observation,

    /// <summary>Brings back what was broken.</summary>
    Healing,

    /// <summary>Watches how the cluster recovers.</summary>
    Recovery,

    /// <summary>Takes the canary, the record and the locks away.</summary>
    CleanUp,
}
