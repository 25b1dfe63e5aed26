using System.Text.Json.Nodes;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Storage;

/// <summary>One version of an object as it is in etcd, ready to be sent. It never changes.</summary>
/// <param name="Key">The key in etcd.</param>
/// <param name="Revision">The revision of this version.</param>
/// <param name="Bytes">The object as JSON, with its revision in it.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Fields">The fields that lists can be narrowed by.</param>
internal sealed record StoredObject(
    string Key, long Revision, byte[] Bytes, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>Reads a value from etcd.</summary>
    /// <exception cref="System.Text.Json.JsonException">
    /// The value is no JSON: a real API server wrote it as protobuf, which the practice one does not read.
    /// </exception>
    public static StoredObject Read(ResourceKind kind, string key, ReadOnlySpan<byte> value, long revision)
    {
        var node = Json.Parse(value);
        node.Metadata()["resourceVersion"] = revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return From(kind, key, node, revision);
    }

    /// <summary>Takes an object whose revision is in it already.</summary>
    public static StoredObject From(ResourceKind kind, string key, JsonObject node, long revision)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["metadata.name"] = node.Name() };
        if (kind.Namespaced) fields["metadata.namespace"] = node.Namespace();
        foreach (var field in kind.SelectableFields) fields[field] = FieldText(node, field);
        return new StoredObject(key, revision, node.Bytes(), node.Labels(), fields);
    }

    /// <summary>A copy of the object to work on.</summary>
    public JsonObject Node() => Json.Parse(Bytes);

    private static string FieldText(JsonObject node, string field) => node.At(field.Split('.')) switch
    {
        JsonValue value => value.ToString(),
        _ when field == "spec.unschedulable" => "false",
        _ when field == "status.successful" => "0",
        _ => "",
    };
}
