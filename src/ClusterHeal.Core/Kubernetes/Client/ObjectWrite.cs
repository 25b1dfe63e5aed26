namespace ClusterHeal.Kubernetes;

/// <summary>An object that is created or replaced.</summary>
/// <param name="Resource">The resource, in the version of the body.</param>
/// <param name="Namespace">The namespace, or an empty text.</param>
/// <param name="Name">The name.</param>
/// <param name="Body">The object, which may be a Secret.</param>
internal sealed record ObjectWrite(ServedResource Resource, string Namespace, string Name, byte[] Body)
{
    /// <summary>True for JSON, false for Kubernetes' protobuf.</summary>
    public bool IsJson { get; init; }

    /// <summary>True to replace the object of that name, false to create one.</summary>
    public bool Replaces { get; init; }

    /// <summary>True to change nothing (a dry run).</summary>
    public bool IsTrial { get; init; }

    /// <summary>Where the object goes, never its body.</summary>
    public override string ToString() => $"{Resource.Plural}/{Namespace}/{Name}";
}
