namespace ClusterHeal.Practice.ControlPlane.Storage;

/// <summary>One change of one object.</summary>
/// <param name="Revision">When.</param>
/// <param name="Current">The object after it, or null if it was removed.</param>
/// <param name="Previous">The object before it, or null if it is new.</param>
internal sealed record WatchEvent(long Revision, StoredObject? Current, StoredObject? Previous);
