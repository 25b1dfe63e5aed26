using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClusterHeal.Common;

/// <summary>
/// Texts of an <see cref="ItemCollection{T}"/> in a JSON file: an array. The framework reads only collections that it can create empty and then fill.
/// </summary>
internal sealed class ItemTextsConverter : JsonConverter<ItemCollection<string>>
{
    public override ItemCollection<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
        var items = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.String) items.Add(reader.GetString()!);
        return reader.TokenType == JsonTokenType.EndArray ? [.. items] : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, ItemCollection<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var item in value) writer.WriteStringValue(item);
        writer.WriteEndArray();
    }
}
