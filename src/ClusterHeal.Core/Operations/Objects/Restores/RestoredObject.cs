using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>An object of a snapshot that is restored, without its bytes.</summary>
internal sealed record RestoredObject
{
    /// <summary>The object as it was listed.</summary>
    public required EtcdSnapshotObject Source { get; init; }

    /// <summary>The kind; empty if it is not readable.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Group and version in which it is stored.</summary>
    public string ApiVersion { get; init; } = "";

    /// <summary>Its metadata, read from the bytes.</summary>
    public StorageMetadata Metadata { get; init; } = new();

    /// <summary>The namespace in which it is restored; empty if it has none.</summary>
    public required string Namespace { get; init; }

    /// <summary>The name with which it is restored.</summary>
    public required string Name { get; init; }

    /// <summary>True if none of its contents may be shown.</summary>
    public bool IsConfidential { get; init; }

    /// <summary>True for a job or pod that has finished, and would run a second time.</summary>
    public bool IsFinished { get; init; }

    /// <summary>Why it cannot be read, as the rest of a sentence about it; null if it can.</summary>
    public string? Problem { get; init; }

    /// <summary>The resource, as it is stored.</summary>
    public string Resource => Source.Resource;

    /// <summary>The group; empty for the core's.</summary>
    public string Group => GroupOf(ApiVersion);

    /// <summary>The object in the live cluster.</summary>
    public LiveName LiveName => new(Group, Kind, Namespace, Name);

    /// <summary>The namespace in the live cluster and the name.</summary>
    public string FullName => $"{Resource}/{(Namespace.Length > 0 ? $"{Namespace}/" : "")}{Name}";

    public static string GroupOf(string apiVersion) => apiVersion.Contains('/', StringComparison.Ordinal) ? apiVersion.Split('/')[0] : "";

    /// <summary>An owner in the live cluster. It is in the namespace of the object, or in none.</summary>
    public LiveName OwnerName(EtcdSnapshotOwner owner, bool isNamespaced) => new(GroupOf(owner.ApiVersion), owner.Kind, isNamespaced ? Namespace : "", owner.Name);

    public override string ToString() => FullName;
}

/// <summary>The name of an object in the live cluster, in any version.</summary>
internal readonly record struct LiveName(string Group, string Kind, string Namespace, string Name);
