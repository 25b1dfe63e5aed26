namespace ClusterHeal;

/// <content>Upkeep of etcd: leadership, defragmentation, alarms.</content>
public static partial class ErrorIds
{
    /// <summary>The members of etcd are not in a state in which this may be done, or the wrong one was named.</summary>
    public const string UpkeepRefused = "UpkeepRefused";

    /// <summary>Another member than the wanted one leads etcd.</summary>
    public const string LeaderNotMoved = "LeaderNotMoved";

    /// <summary>A defragmentation did not end before its deadline. It continues on the member.</summary>
    public const string DefragmentationGoesOn = "DefragmentationGoesOn";

    /// <summary>A member of etcd was not defragmented.</summary>
    public const string DefragmentationFailed = "DefragmentationFailed";

    /// <summary>An alarm of etcd cannot be cleared as the cluster was found. Nothing was touched.</summary>
    public const string AlarmRefused = "AlarmRefused";

    /// <summary>An alarm of etcd is still raised, or was raised again.</summary>
    public const string AlarmNotCleared = "AlarmNotCleared";
}
