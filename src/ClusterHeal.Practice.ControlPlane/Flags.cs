using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ClusterHeal.Practice.ControlPlane;

/// <summary>The flags of a component's command line: <c>--name=value</c>, <c>--name value</c>, or <c>--name</c> for true.</summary>
internal sealed partial class Flags
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _fallbacks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>Reads a command line. As with the real programs, underscores are dashes.</summary>
    /// <exception cref="PracticeException">There is a word that belongs to no flag.</exception>
    public Flags(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal)) throw new PracticeException($"'{arguments[i]}' is no flag.");
            var parts = arguments[i][2..].Split('=', 2);
            var name = parts[0].Replace('_', '-');
            var next = i + 1 < arguments.Count ? arguments[i + 1] : "--";
            var takesNext = parts.Length == 1 && !next.StartsWith("--", StringComparison.Ordinal);
            _values[name] = parts.Length == 2 ? parts[1] : takesNext ? next : "true";
            if (takesNext) i++;
        }
    }

    /// <summary>The flags that nobody has asked for: the real program may know them, this one does not.</summary>
    public IEnumerable<string> Unknown => _values.Keys.Where(name => !_used.Contains(name));

    /// <summary>A duration as Go reads it.</summary>
    public static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + "s";

    /// <summary>
    /// Takes the fields of a configuration file for flags that are not given: <c>nodeStatusUpdateFrequency</c> for
    /// <c>--node-status-update-frequency</c>.
    /// </summary>
    public void AddFallbacks(JsonObject configuration)
    {
        foreach (var (field, value) in configuration)
        {
            if (value is JsonValue) _fallbacks[Capital().Replace(field, "-$0").ToLowerInvariant()] = value.ToString();
        }
    }

    public string? Text(string name)
    {
        _used.Add(name);
        return _values.GetValueOrDefault(name) ?? _fallbacks.GetValueOrDefault(name);
    }

    public string Required(string name) => Text(name) ?? throw new PracticeException($"The flag --{name} is needed.");

    public int Number(string name, int otherwise) =>
        Text(name) is { } text ? int.Parse(text, NumberStyles.Integer, CultureInfo.InvariantCulture) : otherwise;

    public bool Flag(string name, bool otherwise) => Text(name) is { } text ? text == "true" : otherwise;

    /// <summary>A duration as Go writes it: <c>1m30s</c>, <c>500ms</c>.</summary>
    public TimeSpan Duration(string name, TimeSpan otherwise)
    {
        if (Text(name) is not { } text) return otherwise;
        var parts = DurationPart().Matches(text);
        if (parts.Count == 0 || parts.Sum(part => part.Length) != text.Length)
        {
            throw new PracticeException($"--{name}={text} is no duration such as 1m30s.");
        }
        return TimeSpan.FromSeconds(parts
            .Sum(part => double.Parse(part.Groups[1].Value, CultureInfo.InvariantCulture) * part.Groups[2].Value switch
            {
                "h" => 3600,
                "m" => 60,
                "s" => 1,
                _ => 0.001,
            }));
    }

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(ms|h|m|s)")]
    private static partial Regex DurationPart();
}
