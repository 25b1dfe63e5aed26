using System.Security.Cryptography;
using System.Text;

namespace ClusterHeal.Practice.ControlPlane.Objects;

/// <summary>A kind of object that the API serves: its names, where it is in etcd, and what can be done with it.</summary>
/// <param name="Group">The API group; empty for the core.</param>
/// <param name="Version">The version.</param>
/// <param name="Plural">The name in URLs.</param>
/// <param name="Kind">The name in objects.</param>
/// <param name="Namespaced">True if its objects live in namespaces.</param>
internal sealed record ResourceKind(string Group, string Version, string Plural, string Kind, bool Namespaced)
{
    /// <summary>The name of one object.</summary>
    public string Singular => Kind.ToLowerInvariant();

    /// <summary>Abbreviations that people type.</summary>
    public string[] ShortNames { get; init; } = [];

    /// <summary>True if <c>kubectl get all</c> shows it.</summary>
    public bool InAll { get; init; }

    /// <summary>The part of the key after <c>/registry/</c> if it is not the plural.</summary>
    public string? StoredAs { get; init; }

    /// <summary>True if status is written through a path of its own.</summary>
    public bool HasStatus { get; init; }

    /// <summary>True if the number of replicas can be read and set through <c>/scale</c>.</summary>
    public bool HasScale { get; init; }

    /// <summary>True if the object counts the changes of its spec.</summary>
    public bool HasGeneration { get; init; }

    /// <summary>True if a deletion answers with the object that was deleted.</summary>
    public bool DeletionReturnsObject { get; init; }

    /// <summary>The fields besides name and namespace that lists can be narrowed by.</summary>
    public string[] SelectableFields { get; init; } = [];

    /// <summary><c>v1</c> or <c>apps/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public string ListKind => Kind + "List";

    /// <summary><c>deployments.apps</c>, as messages name it.</summary>
    public string QualifiedName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>The common start of the keys of its objects.</summary>
    public string KeyPrefix => $"/registry/{StoredAs ?? Plural}/";

    /// <summary>The hash by which clients see that two names are stored as one.</summary>
    public string StorageVersionHash =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{Group}/{Version}/{Kind}")).AsSpan(0, 8));

    /// <summary>The path of its objects in URLs.</summary>
    public string Path(string? ns) =>
        (Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}") + (ns is { Length: > 0 } ? $"/namespaces/{ns}" : "") + "/"
            + Plural;

    public string Key(string? ns, string name) => Namespaced ? $"{KeyPrefix}{ns}/{name}" : KeyPrefix + name;

    /// <inheritdoc/>
    public override string ToString() => QualifiedName;
}
