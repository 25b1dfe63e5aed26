using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace ClusterHeal.Parameters;

/// <summary>Reads durations as people write them, the same in every parameter.</summary>
internal static partial class DurationText
{
    private const string Examples = "Write 90s, 5min, 1h30m, 1d, or a TimeSpan such as 00:05:00";

    /// <summary>The duration of an argument.</summary>
    /// <param name="argument">The argument as the binder has it.</param>
    /// <param name="unit">The unit of a plain number.</param>
    /// <param name="unitName">The name of that unit in the plural, for messages.</param>
    /// <returns>The duration; null for an argument that is null or empty.</returns>
    /// <exception cref="ArgumentTransformationMetadataException">It is no duration.</exception>
    public static TimeSpan? Read(object? argument, TimeSpan unit, string unitName)
    {
        var value = argument is PSObject wrapped ? wrapped.BaseObject : argument;
        if (value is TimeSpan span) return span >= TimeSpan.Zero ? span : throw Refused($"{span}", "it is below zero", unitName);
        // PowerShell reads 90s and 1d as numbers (of type Int16 and Decimal). Only the wrapper of a typed argument knows its text.
        var text = (argument is PSObject ? argument.ToString()! : string.Create(CultureInfo.InvariantCulture, $"{value}")).Trim();
        if (text.Length == 0) return null;
        var seconds = Seconds(text, unit);
        // Not written in digits: 0x10, 1kb.
        if (double.IsNaN(seconds) && value is not (null or Enum) && Type.GetTypeCode(value.GetType()) is >= TypeCode.SByte and <= TypeCode.Decimal)
            seconds = Convert.ToDouble(value, CultureInfo.InvariantCulture) * unit.TotalSeconds;
        if (double.IsNaN(seconds)) throw Refused(text, "it is not understood", unitName);
        if (seconds < 0) throw Refused(text, "it is below zero", unitName);
        if (seconds > TimeSpan.MaxValue.TotalSeconds / 2) throw Refused(text, "it is too long", unitName);
        return TimeSpan.FromSeconds(seconds);
    }

    private static double Seconds(string text, TimeSpan unit)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number * unit.TotalSeconds;
        if (text.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span.TotalSeconds : double.NaN;
        var parts = Parts().Match(text);
        if (!parts.Success) return double.NaN;
        return parts.Groups["number"].Captures.Zip(parts.Groups["unit"].Captures)
            .Sum(part => double.Parse(part.First.Value, CultureInfo.InvariantCulture) * SecondsOf(part.Second.Value.ToLowerInvariant()));
    }

    private static double SecondsOf(string unit) => unit switch
    {
        "ms" => 0.001,
        ['s', ..] => 1,
        ['m', ..] => 60,
        ['h', ..] => 3600,
        ['d', ..] => 86400,
        _ => 604800,
    };

    private static ArgumentTransformationMetadataException Refused(string text, string why, string unitName) =>
        new($"'{text}' is no duration: {why}. {Examples}; a number alone counts {unitName}.");

    [GeneratedRegex(
        @"^(?:\s*(?<number>[0-9]+(?:\.[0-9]+)?)\s*(?<unit>ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?))+$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Parts();
}
