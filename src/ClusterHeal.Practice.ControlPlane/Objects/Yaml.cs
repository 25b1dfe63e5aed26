using System.Text.Json.Nodes;
using ClusterHeal.Common.Yaml;

namespace ClusterHeal.Practice.ControlPlane.Objects;

/// <summary>Reads YAML as if it were JSON.</summary>
internal static class Yaml
{
    /// <summary>The objects of a file's documents.</summary>
    public static IEnumerable<JsonObject> Read(string text) => YamlText.LoadAll(text).Select(document => document.ToJson()).OfType<JsonObject>();
}
