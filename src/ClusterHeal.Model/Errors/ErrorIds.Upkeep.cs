namespace ClusterHeal;

/// <content>Upkeep of etcd: leadership, defragmentation, alarms.</content>
public static partial class ErrorIds
{
    /// <summary>The state of etcd's members does not allow this, or the wrong member was named.</summary>
    public const string UpkeepRefused = "UpkeepRefused";

    /// <summary>The leader of etcd is not the wanted member.</summary>
    public const string LeaderNotMoved = "LeaderNotMoved";

    /// <summary>A defragmentation did not end before its deadline. It continues on the member.</summary>
    public const string DefragmentationGoesOn = "DefragmentationGoesOn";

    /// <summary>A member of etcd was not defragmented.</summary>
    public const string DefragmentationFailed = "DefragmentationFailed";

    /// <summary>An alarm of etcd cannot be cleared in the present state of the cluster. Nothing was touched.</summary>
    public const string AlarmRefused = "AlarmRefused";

    /// <summary>An alarm of etcd is still raised, or was raised again.</summary>
    public const string AlarmNotCleared = "AlarmNotCleared";
}
