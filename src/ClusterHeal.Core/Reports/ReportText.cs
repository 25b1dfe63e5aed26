using System.Globalization;
using System.Text;
using System.Xml;

namespace ClusterHeal.Reports;

/// <summary>The common part of all forms of a report: text that any document can have, times, and words for results.</summary>
internal static class ReportText
{
    /// <summary>
    /// The text in which everything that XML cannot have, and everything that changes the direction of the text around it, is replaced by a visible
    /// character: names in a report come from objects that anybody may have created.
    /// </summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var kept = IsHarmless(rune) ? rune : Rune.ReplacementChar;
            clean.Append(kept.ToString());
        }

        return clean.ToString();
    }

    /// <summary>A text without line breaks and without blanks at its ends, for attributes.</summary>
    public static string Line(string text) => string.Join(' ', Clean(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    public static string Seconds(TimeSpan time) => Math.Max(0, time.TotalSeconds).ToString("0.000", CultureInfo.InvariantCulture);

    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A duration, as people say it: <c>94.5 s</c>, <c>4 min 3 s</c>.</summary>
    public static string Length(TimeSpan time) => time < TimeSpan.FromMinutes(2)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(time.TotalMinutes)} min {time.Seconds} s");

    /// <summary>The details of a check, after its message: what was seen and what to do.</summary>
    public static IEnumerable<string> Details(CheckResult check) => check.Remedy is { } remedy ? [.. check.Evidence, $"Remedy: {remedy}"] : check.Evidence;

    private static bool IsHarmless(Rune rune) =>
        !rune.IsBmp || (XmlConvert.IsXmlChar((char)rune.Value) && VisibleText.IsHarmless((char)rune.Value));
}
