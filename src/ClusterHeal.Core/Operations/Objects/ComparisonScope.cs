namespace ClusterHeal.Operations;

/// <summary>Which objects are compared.</summary>
/// <param name="filter">What the user asked for.</param>
/// <param name="leftOut">Resources that are left out.</param>
/// <param name="keys">Reads the snapshot's keys.</param>
/// <param name="resources">The resources that the snapshot has.</param>
internal sealed class ComparisonScope(ObjectFilter filter, IReadOnlyList<string> leftOut, StorageKeys keys, IReadOnlySet<string> resources)
{
    private readonly HashSet<string> _notCompared = [];

    /// <summary>Reads the keys of an etcd.</summary>
    public StorageKeys Keys => keys;

    /// <summary>Whether there are keys of encryption at rest.</summary>
    public bool HasKeys { get; init; }

    /// <summary>Whether only the value of an object shows if it was changed.</summary>
    public Func<StorageKey, long, bool> NeedsValue { get; init; } = (_, _) => false;

    /// <summary>The selected resources that the snapshot has.</summary>
    public IReadOnlySet<string> SnapshotResources => resources;

    /// <summary>Whether a resource is selected at all.</summary>
    public bool Includes(string resource, string kind) => !leftOut.Contains(resource) && !_notCompared.Contains(resource) && filter.MatchesKind(resource, kind);

    /// <summary>Whether an object is selected.</summary>
    public bool Includes(StorageKey key, string kind) => Includes(key.Resource, kind) && filter.Matches(key, kind);

    /// <summary>Leaves out a resource that the other state cannot show: its objects may still be there.</summary>
    public void LeaveOut(string resource) => _notCompared.Add(resource);
}
