namespace ClusterHeal.Kubernetes;

/// <summary>The metadata of a stored object of any kind. The server adds resourceVersion when it reads the object: the key's mod revision.</summary>
internal sealed record StorageMetadata
{
    public string Name { get; set; } = "";

    public string GenerateName { get; set; } = "";

    public string Namespace { get; set; } = "";

    public string Uid { get; set; } = "";

    public long Generation { get; set; }

    public DateTimeOffset? CreationTimestamp { get; set; }

    public DateTimeOffset? DeletionTimestamp { get; set; }

    public Dictionary<string, string> Labels { get; set; } = [];

    public Dictionary<string, string> Annotations { get; set; } = [];

    public List<EtcdSnapshotOwner> Owners { get; set; } = [];

    public List<string> Finalizers { get; set; } = [];

    /// <summary>Reads the metadata of an opened value; null if they are not readable.</summary>
    public static StorageMetadata? Read(StorageEnvelope envelope) => envelope.Form switch
    {
        StoredObjectForm.Protobuf => ProtobufMetadata.Read(envelope.Metadata),
        StoredObjectForm.Json => JsonMetadata.Read(envelope.Metadata),
        _ => null,
    };
}
