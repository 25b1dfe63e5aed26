using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Label and field selectors, as texts of a query and as objects in a spec.</summary>
internal static partial class Selectors
{
    /// <summary>Reads a label selector of a query: <c>a=b,c!=d,e in (f,g),!h</c>.</summary>
    /// <exception cref="ApiFault">The text is no selector.</exception>
    public static Func<IReadOnlyDictionary<string, string>, bool> Labels(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return _ => true;
        var demands = Comma().Split(text).Select(Demand).ToArray();
        return labels => demands.All(demand => demand(labels));
    }

    /// <summary>Reads a field selector of a query: <c>spec.nodeName=a,status.phase!=Failed</c>.</summary>
    /// <exception cref="ApiFault">The kind has no such field to select by.</exception>
    public static Func<IReadOnlyDictionary<string, string>, bool> Fields(ResourceKind kind, string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return _ => true;
        var demands = text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part =>
        {
            var match = FieldTerm().Match(part);
            if (!match.Success)
            {
                throw ApiFault.BadRequest(
                    $"Unable to find \"{kind.ApiVersion}, Resource={kind.Plural}\" that match label selector \"\", field selector \"{text}\": "
                    + $"invalid field selector: '{part}'");
            }
            var (field, differs, value) = (match.Groups[1].Value, match.Groups[2].Value == "!=", match.Groups[3].Value);
            if (field is not ("metadata.name" or "metadata.namespace") && !kind.SelectableFields.Contains(field))
            {
                throw ApiFault.BadRequest($"field label not supported: {field}");
            }
            return (field, differs, value);
        }).ToArray();
        return fields => demands.All(demand => (fields.GetValueOrDefault(demand.field, "") == demand.value) != demand.differs);
    }

    /// <summary>A selector of a spec. An empty one selects everything, a missing one nothing.</summary>
    public static bool Matches(JsonNode? selector, IReadOnlyDictionary<string, string> labels)
    {
        if (selector is not JsonObject) return false;
        if (!Covers(selector.Map("matchLabels"), labels)) return false;
        return selector.Items("matchExpressions").All(expression =>
        {
            var value = labels.GetValueOrDefault(expression.Text("key") ?? "");
            return expression.Text("operator") switch
            {
                "In" => value is not null && expression.Texts("values").Contains(value),
                "NotIn" => value is null || !expression.Texts("values").Contains(value),
                "Exists" => value is not null,
                "DoesNotExist" => value is null,
                _ => false,
            };
        });
    }

    public static bool Covers(IReadOnlyDictionary<string, string> wanted, IReadOnlyDictionary<string, string> labels) =>
        wanted.All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private static Func<IReadOnlyDictionary<string, string>, bool> Demand(string text)
    {
        var part = text.Trim();
        if (SetTerm().Match(part) is { Success: true } set)
        {
            var (key, not) = (set.Groups[1].Value, set.Groups[2].Value == "notin");
            var values = set.Groups[3].Value.Split(',', StringSplitOptions.TrimEntries);
            return labels => (labels.TryGetValue(key, out var value) && values.Contains(value)) != not;
        }
        if (EqualityTerm().Match(part) is { Success: true } term)
        {
            var (key, differs, wanted) = (term.Groups[1].Value, term.Groups[2].Value == "!=", term.Groups[3].Value);
            return labels => (labels.TryGetValue(key, out var value) && value == wanted) != differs;
        }
        if (part.StartsWith('!')) return labels => !labels.ContainsKey(part[1..].Trim());
        if (!KeyTerm().IsMatch(part)) throw ApiFault.BadRequest($"unable to parse requirement: found '{part}', expected: identifier");
        return labels => labels.ContainsKey(part);
    }

    [GeneratedRegex(@",(?![^(]*\))")]
    private static partial Regex Comma();

    [GeneratedRegex(@"^([\w./-]+)\s+(in|notin)\s*\(([^)]*)\)$")]
    private static partial Regex SetTerm();

    [GeneratedRegex(@"^([\w./-]+)\s*(!=|==|=)\s*([\w.-]*)$")]
    private static partial Regex EqualityTerm();

    [GeneratedRegex(@"^[\w./-]+$")]
    private static partial Regex KeyTerm();

    [GeneratedRegex(@"^([\w.]+)(!=|==|=)(.*)$")]
    private static partial Regex FieldTerm();
}
