namespace ClusterHeal;

/// <summary>How the clearing of etcd's alarms ended.</summary>
public enum EtcdAlarmOutcome : long
{
    /// <summary>No alarm is raised, and a write was proven to go through.</summary>
    Cleared,

    /// <summary>No alarm was raised, and nothing was touched.</summary>
    NothingRaised,

    /// <summary>The database still leaves no room below its quota, so the alarm was left raised.</summary>
    NotEnough,

    /// <summary>The alarm was cleared, and was raised again at once.</summary>
    Returned,

    /// <summary>A step failed. What was done is in the steps, and the same command continues.</summary>
    Unfinished,
}
