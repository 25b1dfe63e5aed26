namespace ClusterHeal.Operations;

/// <summary>An object of a snapshot with its stored bytes.</summary>
/// <param name="Object">The object.</param>
/// <param name="Value">Its bytes, which may be a Secret.</param>
internal sealed record StoredValue(EtcdSnapshotObject Object, byte[] Value)
{
    /// <summary>The object, never its bytes.</summary>
    public override string ToString() => Object.ToString();
}
