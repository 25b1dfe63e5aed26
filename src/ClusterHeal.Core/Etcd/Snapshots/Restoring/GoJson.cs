using System.Globalization;
using System.Text;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Strings as Go's encoding/json writes them. Tests compare etcd's bytes with ours, and the framework's writer escapes other characters.</summary>
internal static class GoJson
{
    public static StringBuilder AppendQuoted(this StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' or '\\' => json.Append('\\').Append(character),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029' =>
                    json.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => json.Append(character),
            };
        }

        return json.Append('"');
    }

    public static StringBuilder AppendArray(this StringBuilder json, IEnumerable<string> texts)
    {
        json.Append('[');
        var separator = "";
        foreach (var text in texts)
        {
            json.Append(separator).AppendQuoted(text);
            separator = ",";
        }

        return json.Append(']');
    }
}
