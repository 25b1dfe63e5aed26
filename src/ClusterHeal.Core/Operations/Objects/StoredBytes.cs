namespace ClusterHeal.Operations;

/// <summary>What one state of a comparison knows about how an object is stored.</summary>
/// <param name="key">Its key in etcd; empty if it is not known.</param>
/// <param name="revision">The revision of its last change.</param>
/// <param name="value">Its bytes; empty if they are not known.</param>
internal readonly ref struct StoredBytes(string key, long revision, ReadOnlySpan<byte> value)
{
    /// <summary>Its key in etcd; empty if it is not known.</summary>
    public string Key { get; } = key;

    /// <summary>The revision of its last change.</summary>
    public long Revision { get; } = revision;

    /// <summary>Its bytes; empty if they are not known.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;
}
