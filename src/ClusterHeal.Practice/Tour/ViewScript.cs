using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ClusterHeal.Practice.Tour;

/// <summary>
/// A script of a view that chooses between words and properties:
/// <c>if ($_.IsLeader) { 'Leader' } elseif ($_.Error) { $_.Error } else { '-' }</c>, or puts properties into a text:
/// <c>"$($_.Namespace)/$($_.PodName)"</c>. The tour has no PowerShell at hand, and needs no more.
/// </summary>
internal sealed partial class ViewScript
{
    private readonly List<(string? Condition, string Result)> _branches;

    private ViewScript(List<(string? Condition, string Result)> branches) => _branches = branches;

    /// <summary>Reads a script; null where it is of another form.</summary>
    public static ViewScript? Read(string script)
    {
        if (Text().IsMatch(script.Trim())) return new ViewScript([(null, script.Trim())]);
        var match = Choice().Match(script.Trim());
        if (!match.Success) return null;
        var conditions = match.Groups["property"].Captures.Select(capture => (string?)capture.Value);
        var results = match.Groups["result"].Captures.Select(capture => capture.Value);
        return new ViewScript([.. conditions.Append(null).Zip(results)]);
    }

    /// <summary>The text that the script gives for an object.</summary>
    /// <param name="read">Reads a property of the object.</param>
    public string Run(Func<string, object?> read)
    {
        var (_, result) = _branches.FirstOrDefault(branch => branch.Condition is null || Holds(branch.Condition, read));
        return result switch
        {
            null => "",
            ['$', '_', '.', .. var property] => Show(read(property.Split(' ')[0])),
            ['"', .. var text, '"'] => Property().Replace(text, match => Show(read(match.Groups[1].Value), match.Groups[2].Success)),
            _ => result.Trim('\''),
        };
    }

    private static string Show(object? value, bool count = false) => value switch
    {
        ICollection items when count => items.Count.ToString(CultureInfo.InvariantCulture),
        not string and IEnumerable items => string.Join(',', items.Cast<object>()),
        _ => value?.ToString() ?? "",
    };

    private static bool Holds(string condition, Func<string, object?> read)
    {
        var value = read(condition[(condition.LastIndexOf('.') + 1)..]);
        return condition.StartsWith("$null", StringComparison.Ordinal) ? value is not null : value is not (null or false or "" or 0 or 0L or ICollection { Count: 0 });
    }

    [GeneratedRegex("""^"([^"$]|\$\(\$_\.\w+(\.Count)?\))*"$""")]
    private static partial Regex Text();

    [GeneratedRegex(@"\$\(\$_\.(\w+)(\.Count)?\)")]
    private static partial Regex Property();

    [GeneratedRegex(
        @"^if \((?<property>(\$null -ne )?\$_\.\w+)\) \{ (?<result>'[^']*'|""[^""]*""|\$_\.\w+( -join '[^']*')?) \}"
        + @"( elseif \((?<property>(\$null -ne )?\$_\.\w+)\) \{ (?<result>'[^']*'|""[^""]*""|\$_\.\w+( -join '[^']*')?) \})*"
        + @"( else \{ (?<result>'[^']*'|""[^""]*""|\$_\.\w+( -join '[^']*')?) \})?$")]
    private static partial Regex Choice();
}
