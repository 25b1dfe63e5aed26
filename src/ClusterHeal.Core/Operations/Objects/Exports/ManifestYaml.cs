using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClusterHeal.Operations;

/// <summary>
/// Writes JSON as YAML that every reader understands in the same way, also one of YAML 1.1. A text is plain only if it is a word that has no other
/// meaning. Otherwise it is quoted as in JSON, or a literal block if it has several lines. The writer of KubernetesClient leaves keys such as
/// <c>&lt;&lt;</c> plain, which kubectl reads as a merge.
/// </summary>
internal sealed class ManifestYaml
{
    private const int Deepest = 500;

    /// <summary>Readers look no further for the colon after a key.</summary>
    private const int LongestKey = 1000;

    private static readonly HashSet<string> NoTexts = new(["y", "n", "yes", "no", "on", "off", "true", "false", "null"], StringComparer.OrdinalIgnoreCase);
    private static readonly JsonSerializerOptions Quoting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StringBuilder _text = new();

    private ManifestYaml()
    {
    }

    /// <summary>Writes an object.</summary>
    /// <exception cref="JsonException">It nests too deeply, or a key is too long.</exception>
    public static string Write(JsonObject manifest)
    {
        var yaml = new ManifestYaml();
        yaml.WriteMap(manifest, 0, isInline: false);
        return yaml._text.ToString();
    }

    private void WriteMap(JsonObject map, int indent, bool isInline)
    {
        if (indent > 2 * Deepest) throw new JsonException($"It nests deeper than {Deepest}.");
        foreach (var (key, value) in map)
        {
            if (key.Length > LongestKey) throw new JsonException("A key is too long.");
            if (!isInline) _text.Append(' ', indent);
            isInline = false;
            _text.Append(IsPlain(key) ? key : Quoted(key)).Append(':');
            WriteValue(value, indent, listIndent: indent);
        }
    }

    private void WriteList(JsonArray list, int indent)
    {
        if (indent > 2 * Deepest) throw new JsonException($"It nests deeper than {Deepest}.");
        foreach (var item in list)
        {
            _text.Append(' ', indent).Append('-');
            if (item is JsonObject { Count: > 0 } map)
            {
                _text.Append(' ');
                WriteMap(map, indent + 2, isInline: true);
            }
            else
            {
                WriteValue(item, indent, listIndent: indent + 2);
            }
        }
    }

    private void WriteValue(JsonNode? value, int indent, int listIndent)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } map:
                _text.Append('\n');
                WriteMap(map, indent + 2, isInline: false);
                break;
            case JsonArray { Count: > 0 } list:
                _text.Append('\n');
                WriteList(list, listIndent);
                break;
            case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String:
                WriteText(scalar.GetValue<string>(), indent);
                break;
            default:
                _text.Append(' ').Append(value?.ToJsonString() ?? "null").Append('\n');
                break;
        }
    }

    private void WriteText(string text, int indent)
    {
        if (!IsBlock(text))
        {
            _text.Append(' ').Append(IsPlain(text) ? text : Quoted(text)).Append('\n');
            return;
        }

        var endsLine = text[^1] == '\n';
        _text.Append(endsLine ? " |\n" : " |-\n");
        foreach (var line in (endsLine ? text[..^1] : text).Split('\n'))
        {
            if (line.Length > 0) _text.Append(' ', indent + 2).Append(line);
            _text.Append('\n');
        }
    }

    /// <summary>Several lines. The first one shows the indentation, and nothing in them is forbidden in a block.</summary>
    private static bool IsBlock(string text) =>
        text.Contains('\n', StringComparison.Ordinal) && text[0] > ' ' && !text.EndsWith("\n\n", StringComparison.Ordinal)
        && text.All(letter => letter is '\n' or '\t' or >= ' ' && !IsUnsafe(letter) && !char.IsSurrogate(letter));

    private static bool IsPlain(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0]) && !NoTexts.Contains(text)
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '/');

    private static string Quoted(string text)
    {
        var quoted = JsonSerializer.Serialize(text, Quoting);
        if (!quoted.Any(IsUnsafe)) return quoted;
        var safe = new StringBuilder();
        foreach (var letter in quoted)
        {
            if (IsUnsafe(letter)) safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            else safe.Append(letter);
        }

        return safe.ToString();
    }

    /// <summary>Characters that JSON may have as they are, but that YAML reads as the end of a line or forbids (YAML 1.1, "c-printable" and "b-char").</summary>
    private static bool IsUnsafe(char letter) => letter is (>= '\u007f' and <= '\u009f') or '\u2028' or '\u2029' or '\ufeff' or '\ufffe' or '\uffff';
}
