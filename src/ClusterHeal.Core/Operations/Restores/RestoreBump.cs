namespace ClusterHeal.Operations.Restores;

/// <summary>
/// By how much a restore raises the revision. Clients and caches have revisions of the current data. If such a revision comes a second time, for
/// something else, they serve outdated objects. So the new cluster has to begin above every revision that anybody saw.
/// </summary>
internal static class RestoreBump
{
    /// <summary>How many revisions may be written between the survey of the members and the stop of the API servers, with a reserve.</summary>
    public const long Margin = 1_000_000;

    /// <summary>The bump if no member says its revision. OpenShift uses the same in this case.</summary>
    public const long WhenUnknown = 1_000_000_000;

    /// <summary>The bump.</summary>
    /// <param name="snapshotRevision">The snapshot's revision.</param>
    /// <param name="liveRevision">The highest that a member answered, or null if none did.</param>
    public static long For(long snapshotRevision, long? liveRevision) =>
        liveRevision is { } live ? Math.Max(0, live - snapshotRevision) + Margin : WhenUnknown;
}
