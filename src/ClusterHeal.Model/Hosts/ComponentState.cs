namespace ClusterHeal;

/// <summary>What a component does at the moment.</summary>
public enum ComponentState : long
{
    /// <summary>The host has nothing of the kind.</summary>
    NotFound,

    /// <summary>It does not run, and nobody tries to start it.</summary>
    Stopped,

    /// <summary>It is being started, or waits for the next try after a crash.</summary>
    Starting,

    /// <summary>Its process runs.</summary>
    Running,

    /// <summary>It is being stopped; its process is still there.</summary>
    Stopping,

    /// <summary>It does not run because it failed.</summary>
    Failed,
}
