using System.Text;
using System.Text.Json;

namespace ClusterHeal.Kubernetes;

/// <summary>Reads single fields of stored objects.</summary>
internal static class StoredTexts
{
    /// <summary>The texts of a field; numbers and truth values as <c>true</c> or <c>false</c>. None if the field is not set.</summary>
    /// <exception cref="JsonException">It has a text or a name that no object can have.</exception>
    public static IReadOnlyList<string> TextsOf(this StorageEnvelope envelope, StoredField field)
    {
        if (envelope.Form == StoredObjectForm.Json)
        {
            List<string> texts = [];
            try
            {
                JsonFields.Collect(JsonFields.Parse(envelope.Body), field.Json, texts);
                return texts;
            }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException)
            {
                throw new JsonException("It has a text or a name that no object can have.");
            }
        }

        List<byte[]> values = [];
        ProtobufFields.Collect(envelope.Body, field.Protobuf, values);
        return [.. values.Select(Encoding.UTF8.GetString)];
    }

    /// <summary>The text of a field; empty if it is not set.</summary>
    public static string TextOf(this StorageEnvelope envelope, StoredField field) => envelope.TextsOf(field) is [var text, ..] ? text : "";
}
