using System.Text.Json.Serialization;

namespace ClusterHeal.Kubernetes;

/// <summary>The metadata of every object that we read. Other fields are skipped while reading.</summary>
internal sealed record ObjectMeta
{
    public string Name { get; set; } = "";

    public string Namespace { get; set; } = "";

    public string Uid { get; set; } = "";

    public string ResourceVersion { get; set; } = "";

    public long Generation { get; init; }

    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>When the grace period ends, or ended; null for an object that is not being deleted.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    public long? DeletionGracePeriodSeconds { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; set; }

    public KeptAnnotations? Annotations { get; init; }

    public IReadOnlyList<OwnerReference>? OwnerReferences { get; set; }

    public IReadOnlyList<string>? Finalizers { get; set; }

    /// <summary>When the deletion was asked for, or null.</summary>
    [JsonIgnore]
    public DateTimeOffset? DeletionAsked => DeletionTimestamp - TimeSpan.FromSeconds(DeletionGracePeriodSeconds ?? 0);

    /// <summary>The owner that manages the object, at most one.</summary>
    [JsonIgnore]
    public OwnerReference? Controller => OwnerReferences?.FirstOrDefault(o => o.Controller == true);

    /// <summary><c>namespace/name</c>, or the name alone if there is no namespace.</summary>
    [JsonIgnore]
    public string FullName => Namespace.Length > 0 ? $"{Namespace}/{Name}" : Name;
}

/// <summary>The annotations that we use. All others (they can be a whole manifest) are not kept.</summary>
internal sealed record KeptAnnotations
{
    /// <summary>The kubelet sets it on the API's copy of a static pod.</summary>
    [JsonPropertyName("kubernetes.io/config.mirror")]
    public string? Mirror { get; init; }
}

internal sealed record OwnerReference
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public string Name { get; set; } = "";

    public string Uid { get; set; } = "";

    public bool? Controller { get; init; }

    public override string ToString() => $"{Kind}/{Name}";
}

internal sealed record Condition
{
    public string Type { get; set; } = "";

    public string Status { get; set; } = "";

    public string? Reason { get; init; }

    public string? Message { get; init; }

    public DateTimeOffset? LastTransitionTime { get; init; }

    public DateTimeOffset? LastHeartbeatTime { get; init; }
}

/// <summary>An object of any kind; only the metadata is read.</summary>
internal sealed record AnyObject : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();
}

/// <summary>What lists and watches need to know of an object.</summary>
internal interface IKubernetesObject
{
    ObjectMeta Metadata { get; }
}
