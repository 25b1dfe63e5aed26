using System.Globalization;
using System.Text.Json.Nodes;

namespace ClusterHeal.Common.Yaml;

/// <summary>Turns YAML into JSON, as kubectl does before it reads a file.</summary>
internal static class YamlJson
{
    /// <summary>The same value in JSON; null for YAML's null. Names are sorted.</summary>
    /// <param name="node">A value.</param>
    public static JsonNode? ToJson(this YamlNode node) => node switch
    {
        YamlMapping mapping => new JsonObject(mapping.Entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => KeyValuePair.Create(e.Key, ToJson(e.Value)))),
        YamlSequence sequence => new JsonArray([.. sequence.Items.Select(ToJson)]),
        YamlScalar { Kind: YamlScalarKind.Null } => null,
        YamlScalar { Kind: YamlScalarKind.Boolean } scalar => JsonValue.Create(scalar.IsTrue),
        YamlScalar { Integer: { } number } => JsonValue.Create(number),
        YamlScalar { Kind: YamlScalarKind.Integer or YamlScalarKind.Float } scalar when Number(scalar.Value) is { } number => JsonValue.Create(number),
        YamlScalar scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };

    private static double? Number(string text) =>
        double.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : null;
}
