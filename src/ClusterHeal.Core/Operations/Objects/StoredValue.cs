namespace ClusterHeal.Operations;

/// <summary>An object of a snapshot with the bytes that are stored for it.</summary>
/// <param name="Object">The object.</param>
/// <param name="Value">Its bytes, which may hold a Secret.</param>
internal sealed record StoredValue(EtcdSnapshotObject Object, byte[] Value)
{
    /// <summary>The object and never its bytes.</summary>
    public override string ToString() => Object.ToString();
}
