namespace ClusterHeal;

/// <summary>How the API server stored an object in etcd.</summary>
public enum StoredObjectForm : long
{
    /// <summary>Kubernetes' protobuf: what a server writes for its own kinds.</summary>
    Protobuf,

    /// <summary>JSON: custom resources, and everything on a server with <c>--storage-media-type=application/json</c>.</summary>
    Json,

    /// <summary>Encrypted at rest: only the key that names it is readable.</summary>
    Encrypted,

    /// <summary>None of these, or cut short: only the key that names it is readable.</summary>
    Unknown,

    /// <summary>Not at all: the revision deleted it.</summary>
    Deleted,
}
