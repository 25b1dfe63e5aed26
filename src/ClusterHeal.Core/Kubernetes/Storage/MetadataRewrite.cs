using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterHeal.Common;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// Makes a request body from a stored value: the object without the metadata that only a server sets and, if wanted, with another name or namespace.
/// This needs no kind's schema, because the metadata are field 1 of every kind.
/// </summary>
internal sealed record MetadataRewrite
{
    private const int Metadata = 1, NameField = 1, NamespaceField = 3, Revision = 6, Annotations = 12, Owner = 13, Finalizers = 14;

    /// <summary>selfLink, uid, resourceVersion, generation, creation and deletion, managedFields.</summary>
    private static readonly int[] ServerFields = [4, 5, 6, 7, 8, 9, 10, 17];

    /// <summary>The same in JSON.</summary>
    private static readonly string[] ServerNames =
        ["selfLink", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields"];

    /// <summary>The name; null for the stored one.</summary>
    public string? Name { get; init; }

    /// <summary>The namespace; null for the stored one.</summary>
    public string? Namespace { get; init; }

    /// <summary>The resourceVersion of the live object that is replaced; null to create one.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>The current uids of owners, by their stored ones. An owner that is not in here is left out.</summary>
    public IReadOnlyDictionary<string, string> Owners { get; init; } = new Dictionary<string, string>();

    /// <summary>Annotations that are left out.</summary>
    public IReadOnlyList<string> WithoutAnnotations { get; init; } = [];

    /// <summary>Finalizers that are left out.</summary>
    public IReadOnlyList<string> WithoutFinalizers { get; init; } = [];

    /// <summary>Fields of the kind that are left out.</summary>
    public IReadOnlyList<StoredField> WithoutFields { get; init; } = [];

    /// <summary>Rewrites a value that <see cref="StorageEnvelope.Open"/> called protobuf or JSON.</summary>
    /// <param name="value">The stored value.</param>
    /// <exception cref="JsonException">It has a text or a name that no object can have.</exception>
    public byte[] Apply(ReadOnlySpan<byte> value)
    {
        const int TypeMeta = 1, Raw = 2;
        var envelope = StorageEnvelope.Open(value);
        if (envelope.Form == StoredObjectForm.Json) return OfJson(envelope.Body);
        var unknown = new ProtobufReader(value[StorageEnvelope.ProtobufPrefix.Length..]);
        using var result = new MemoryStream();
        result.Write(StorageEnvelope.ProtobufPrefix);
        while (unknown.Read())
        {
            if (unknown.Field == TypeMeta) result.Write(unknown.Encoded);
        }

        ReadOnlySpan<byte> body = Body(envelope.Body);
        foreach (var field in WithoutFields) body = ProtobufFields.Without(body, field.Protobuf, field.Entry);
        ProtobufFields.Write(result, Raw, body);
        return result.ToArray();
    }

    private byte[] Body(ReadOnlySpan<byte> body)
    {
        using var result = new MemoryStream();
        var fields = new ProtobufReader(body);
        while (fields.Read())
        {
            if (fields.Field == Metadata && fields.IsBytes) ProtobufFields.Write(result, Metadata, OfMetadata(fields.Value));
            else result.Write(fields.Encoded);
        }

        return result.ToArray();
    }

    private byte[] OfMetadata(ReadOnlySpan<byte> metadata)
    {
        using var result = new MemoryStream();
        var fields = new ProtobufReader(metadata);
        while (fields.Read())
        {
            switch (fields.Field)
            {
                case var field when ServerFields.Contains(field):
                case NameField when Name is not null:
                case Annotations when WithoutAnnotations.Contains(ProtobufFields.KeyOf(fields.Value)):
                case Finalizers when WithoutFinalizers.Contains(Encoding.UTF8.GetString(fields.Value)):
                    break;
                case NamespaceField when Namespace is not null:
                    ProtobufFields.Write(result, NamespaceField, Encoding.UTF8.GetBytes(Namespace));
                    break;
                case Owner:
                    if (OfOwner(fields.Value) is { } owner) ProtobufFields.Write(result, Owner, owner);
                    break;
                default:
                    result.Write(fields.Encoded);
                    break;
            }
        }

        // A damaged object may have no metadata.
        if (Name is not null) ProtobufFields.Write(result, NameField, Encoding.UTF8.GetBytes(Name));
        if (ResourceVersion is not null) ProtobufFields.Write(result, Revision, Encoding.UTF8.GetBytes(ResourceVersion));
        return result.ToArray();
    }

    private byte[]? OfOwner(ReadOnlySpan<byte> owner)
    {
        const int Uid = 4;
        using var result = new MemoryStream();
        var fields = new ProtobufReader(owner);
        var isKnown = false;
        while (fields.Read())
        {
            if (fields.Field != Uid)
            {
                result.Write(fields.Encoded);
            }
            else if (Owners.TryGetValue(Encoding.UTF8.GetString(fields.Value), out var uid))
            {
                ProtobufFields.Write(result, Uid, Encoding.UTF8.GetBytes(uid));
                isKnown = true;
            }
        }

        return isKnown ? result.ToArray() : null;
    }

    private byte[] OfJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var manifest = JsonFields.Parse(json);
            if (manifest["metadata"] is JsonObject metadata) Change(metadata);
            foreach (var field in WithoutFields) JsonFields.Remove(manifest, field.Json, field.Entry);
            return JsonFields.Write(manifest);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // Texts are decoded when they are used. Faults are bytes that are not UTF-8, half of a surrogate pair, or a duplicate name.
            throw new JsonException("It has a text or a name that no object can have.");
        }
    }

    private void Change(JsonObject metadata)
    {
        foreach (var name in ServerNames) metadata.Remove(name);
        if (Name is not null) metadata["name"] = Name;
        if (Namespace is not null && metadata.ContainsKey("namespace")) metadata["namespace"] = Namespace;
        if (ResourceVersion is not null) metadata["resourceVersion"] = ResourceVersion;
        foreach (var annotation in WithoutAnnotations) (metadata["annotations"] as JsonObject)?.Remove(annotation);
        if (metadata["finalizers"] is JsonArray finalizers)
            metadata["finalizers"] = new JsonArray([.. finalizers.Where(f => !WithoutFinalizers.Contains(f?.ToString() ?? "")).Select(f => f?.DeepClone())]);
        if (metadata["ownerReferences"] is not JsonArray owners) return;
        metadata["ownerReferences"] = new JsonArray([.. owners.OfType<JsonObject>().Select(Live).OfType<JsonNode>()]);
    }

    private JsonObject? Live(JsonObject owner)
    {
        if (!Owners.TryGetValue(owner["uid"]?.ToString() ?? "", out var uid)) return null;
        var live = owner.DeepClone().AsObject();
        live["uid"] = uid;
        return live;
    }
}
