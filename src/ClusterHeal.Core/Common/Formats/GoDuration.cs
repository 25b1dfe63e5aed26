using System.Globalization;
using System.Text.RegularExpressions;

namespace ClusterHeal.Common;

/// <summary>Durations as Go writes and reads them, also in the flags of Kubernetes: <c>1m30s</c>, <c>500ms</c>.</summary>
internal static partial class GoDuration
{
    /// <summary>Reads one; null if it is none. As in Go, a number without a unit is none, except 0.</summary>
    public static TimeSpan? Parse(string? text)
    {
        if (text is null || !Form().IsMatch(text)) return text == "0" ? TimeSpan.Zero : null;
        var seconds = Part().Matches(text).Sum(part =>
            double.Parse(part.Groups[1].Value, CultureInfo.InvariantCulture) * part.Groups[2].Value switch
            {
                "h" => 3600,
                "m" => 60,
                "s" => 1,
                "ms" => 1e-3,
                "ns" => 1e-9,
                _ => 1e-6,
            });
        return seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    [GeneratedRegex(@"^(\d+(\.\d+)?(h|ms|m|s|us|µs|ns))+$")]
    private static partial Regex Form();

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)")]
    private static partial Regex Part();
}
