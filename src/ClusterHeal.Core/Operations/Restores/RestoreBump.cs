namespace ClusterHeal.Operations.Restores;

/// <summary>
/// How far a restore moves the revision on. Clients and caches hold revisions of the present data; one that comes a second time, for
/// something else, makes them serve what is no longer true. So the new cluster has to begin above every revision that anybody saw.
/// </summary>
internal static class RestoreBump
{
    /// <summary>What may be written between the look at the members and the stop of the API servers, with room to spare.</summary>
    public const long Margin = 1_000_000;

    /// <summary>The bump where no member says its revision: OpenShift's, for the same case.</summary>
    public const long WhenUnknown = 1_000_000_000;

    /// <summary>The bump.</summary>
    /// <param name="snapshotRevision">The snapshot's revision.</param>
    /// <param name="liveRevision">The highest that a member answered, or null where none did.</param>
    public static long For(long snapshotRevision, long? liveRevision) =>
        liveRevision is { } live ? Math.Max(0, live - snapshotRevision) + Margin : WhenUnknown;
}
