namespace ClusterHeal;

/// <summary>
/// A Kubernetes object in a snapshot file of etcd: its metadata and where it is stored. The object itself is not in it: a Secret that is
/// printed or logged by accident shows its name and nothing else.
/// </summary>
public sealed record EtcdSnapshotObject
{
    private readonly NamedTexts _labels = NamedTexts.None;
    private readonly NamedTexts _annotations = NamedTexts.None;

    /// <summary>The snapshot file.</summary>
    public required string Path { get; init; }

    /// <summary>The key in etcd.</summary>
    public required string Key { get; init; }

    /// <summary>The resource, as <see cref="EtcdSnapshot.Resources"/> names it: <c>deployments</c>, <c>widgets.example.com</c>.</summary>
    public required string Resource { get; init; }

    /// <summary>The kind; empty if only the key is readable.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Group and version in which it is stored, as in <c>apps/v1</c>; empty if only the key is readable.</summary>
    public string ApiVersion { get; init; } = "";

    /// <summary>The namespace; empty for an object that is in none.</summary>
    public required string Namespace { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The prefix from which the server made the name; empty for a name that was given.</summary>
    public string GenerateName { get; init; } = "";

    /// <summary>The uid; empty if only the key is readable.</summary>
    public string Uid { get; init; } = "";

    /// <summary>The number of the object's specification; 0 for kinds that do not count it.</summary>
    public long Generation { get; init; }

    /// <summary>The labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get => _labels; init => _labels = NamedTexts.Of(value); }

    /// <summary>The annotations. That in which kubectl keeps a whole Secret is left out.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get => _annotations; init => _annotations = NamedTexts.Of(value); }

    /// <summary>The owners.</summary>
    public ItemCollection<EtcdSnapshotOwner> Owners { get; init; } = [];

    /// <summary>What has to be done before the object may go.</summary>
    public ItemCollection<string> Finalizers { get; init; } = [];

    /// <summary>When it was created.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>When its grace period ends; null for an object that was not being deleted.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>The revision of its last change. The API shows it as <c>metadata.resourceVersion</c>.</summary>
    public required long Revision { get; init; }

    /// <summary>The revision at which its key was created; 0 for a deletion.</summary>
    public long CreateRevision { get; init; }

    /// <summary>How often it was written since its key was created; 0 for a deletion.</summary>
    public long Version { get; init; }

    /// <summary>Bytes of the stored value.</summary>
    public long Size { get; init; }

    /// <summary>How it is stored.</summary>
    public StoredObjectForm Form { get; init; }

    /// <summary>
    /// How it is encrypted, as <see cref="EtcdSnapshot.EncryptionProviders"/> names it: provider, version and key name, <c>aescbc:v1:key1</c>.
    /// Empty for an object that is not.
    /// </summary>
    public string Encryption { get; init; } = "";

    /// <summary>True in a history for the revision that deleted the object.</summary>
    public bool IsDeleted => Form == StoredObjectForm.Deleted;

    /// <summary>Why more than the key is not readable; null for an object that is readable or encrypted.</summary>
    public string? Problem { get; init; }

    /// <summary>Resource, namespace, name and revision.</summary>
    public override string ToString() => $"{Resource}/{(Namespace.Length > 0 ? $"{Namespace}/" : "")}{Name}@{Revision}";
}
