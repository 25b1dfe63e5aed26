namespace ClusterHeal;

/// <summary>An owner of an object: the object is deleted when all its owners are.</summary>
/// <param name="ApiVersion">Group and version, as in <c>apps/v1</c>.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Name">The name, in the namespace of the object or without a namespace.</param>
/// <param name="Uid">The uid.</param>
/// <param name="IsController">Whether it manages the object, as a ReplicaSet manages its pods.</param>
public sealed record EtcdSnapshotOwner(string ApiVersion, string Kind, string Name, string Uid, bool IsController)
{
    /// <summary>Kind and name.</summary>
    public override string ToString() => $"{Kind}/{Name}";
}
