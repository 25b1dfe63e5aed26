using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClusterHeal.Kubernetes;

/// <summary>The API's <c>IntOrString</c>, whose string is a percentage.</summary>
[JsonConverter(typeof(Converter))]
internal readonly record struct IntOrPercent(int Value, bool IsPercent)
{
    /// <summary>How many pods of <paramref name="total"/> it is. Percentages are rounded up, as the controller does for both kinds of budget.</summary>
    public int Of(int total) => IsPercent ? (int)Math.Ceiling((double)total * Value / 100) : Value;

    public override string ToString() => IsPercent ? string.Create(CultureInfo.InvariantCulture, $"{Value}%") : Value.ToString(CultureInfo.InvariantCulture);

    internal sealed class Converter : JsonConverter<IntOrPercent>
    {
        public override IntOrPercent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Number) return new IntOrPercent(reader.GetInt32(), false);
            var text = reader.GetString() ?? "";
            if (!int.TryParse(text.TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                throw new JsonException($"'{text}' is neither a number nor a percentage.");
            return new IntOrPercent(value, text.EndsWith('%'));
        }

        public override void Write(Utf8JsonWriter writer, IntOrPercent value, JsonSerializerOptions options)
        {
            if (value.IsPercent) writer.WriteStringValue(value.ToString());
            else writer.WriteNumberValue(value.Value);
        }
    }
}
