using System.Text.RegularExpressions;

namespace ClusterHeal.Practice.Tour;

/// <summary>
/// A script of a view that chooses between words and properties:
/// <c>if ($_.IsLeader) { 'Leader' } elseif ($_.Error) { $_.Error } else { '-' }</c>. The tour has no PowerShell at hand, and needs no more.
/// </summary>
internal sealed partial class ViewScript
{
    private readonly List<(string? Property, string Result)> _branches;

    private ViewScript(List<(string? Property, string Result)> branches) => _branches = branches;

    /// <summary>Reads a script; null where it is of another form.</summary>
    public static ViewScript? Read(string script)
    {
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
        var (_, result) = _branches.FirstOrDefault(branch => branch.Property is null || IsTrue(read(branch.Property)));
        return result switch
        {
            null => "",
            ['$', '_', '.', .. var property] => read(property)?.ToString() ?? "",
            _ => result.Trim('\''),
        };
    }

    private static bool IsTrue(object? value) => value is not (null or false or "" or 0 or 0L);

    [GeneratedRegex(
        @"^if \(\$_\.(?<property>\w+)\) \{ (?<result>'[^']*'|\$_\.\w+) \}"
        + @"( elseif \(\$_\.(?<property>\w+)\) \{ (?<result>'[^']*'|\$_\.\w+) \})*"
        + @"( else \{ (?<result>'[^']*'|\$_\.\w+) \})?$")]
    private static partial Regex Choice();
}
