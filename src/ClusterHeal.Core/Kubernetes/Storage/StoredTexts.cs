using System.Text;

namespace ClusterHeal.Kubernetes;

/// <summary>Reads single fields of stored objects.</summary>
internal static class StoredTexts
{
    /// <summary>The texts of a field; of numbers and truth values <c>true</c> or <c>false</c>. None where the field is not set.</summary>
    public static IReadOnlyList<string> TextsOf(this StorageEnvelope envelope, StoredField field)
    {
        if (envelope.Form == StoredObjectForm.Json)
        {
            List<string> texts = [];
            JsonFields.Collect(JsonFields.Parse(envelope.Body), field.Json, texts);
            return texts;
        }

        List<byte[]> values = [];
        ProtobufFields.Collect(envelope.Body, field.Protobuf, values);
        return [.. values.Select(Encoding.UTF8.GetString)];
    }

    /// <summary>The text of a field; empty where it is not set.</summary>
    public static string TextOf(this StorageEnvelope envelope, StoredField field) => envelope.TextsOf(field) is [var text, ..] ? text : "";
}
