namespace ClusterHeal.Operations;

/// <summary>Tells clusters apart by the uid of their namespace kube-system.</summary>
internal static class OtherCluster
{
    /// <summary>Warns if a snapshot is of another cluster. If one of the uids is missing, there is no warning.</summary>
    /// <param name="path">The snapshot.</param>
    /// <param name="uid">The uid in the snapshot, or an empty text.</param>
    /// <param name="other">What it is used with.</param>
    /// <param name="otherUid">The uid there, or an empty text.</param>
    /// <param name="sink">Gets the warning.</param>
    public static void Warn(string path, string uid, string other, string otherUid, IOperationSink sink)
    {
        if (uid.Length == 0 || otherUid.Length == 0 || uid == otherUid) return;
        sink.Warning(
            $"'{path}' is a snapshot of another cluster than {other}: the uid of its namespace kube-system is {uid}, and {otherUid} there. "
                + "Objects of the same name are not the same objects.");
    }
}
