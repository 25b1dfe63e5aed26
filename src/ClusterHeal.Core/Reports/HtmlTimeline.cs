using System.Globalization;
using System.Xml.Linq;
using static ClusterHeal.Reports.HtmlReport;

namespace ClusterHeal.Reports;

/// <summary>
/// The timeline of a report: one lane for each component or probe, its spans as bars, and the moments as numbered marks across all lanes,
/// which a list below the drawing explains.
/// </summary>
internal static class HtmlTimeline
{
    private const double Width = 960;
    private const double Left = 170;
    private const double Right = 20;
    private const double LaneHeight = 30;
    private const double MarkHeight = 18;
    private const int MarkRows = 3;
    private const double Top = MarkRows * MarkHeight;
    private const int MostTicks = 8;
    private const int LongestLane = 24;

    private static readonly int[] Steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400];

    /// <summary>Draws it; null where the report has nothing to draw.</summary>
    public static object? Make(Report report)
    {
        if (report.Spans.Count == 0 && report.Moments.Count == 0) return null;
        return Element("section", null, Element("h2", null, "Timeline"), Element("div", "wide", Draw(report)), Legend(report));
    }

    private static XElement Draw(Report report)
    {
        var lanes = report.Spans.Select(s => s.Lane).Distinct().ToArray();
        var bottom = Top + (lanes.Length * LaneHeight);
        var scale = new Scale(report.Started, report.Ended);
        return new XElement(
            "svg",
            new XAttribute("viewBox", Invariant($"0 0 {Width} {bottom + 24}")),
            new XAttribute("role", "img"),
            new XElement("title", $"{lanes.Length} lanes, {report.Moments.Count} moments"),
            Ticks(scale, bottom),
            lanes.Select((lane, row) => Text(ReportText.Clean(Shorten(lane, LongestLane)), 0, Top + (row * LaneHeight) + 20)),
            report.Moments.Select((moment, i) => Mark(scale, moment, i, bottom)),
            report.Spans.Select(span => Bar(scale, span, Array.IndexOf(lanes, span.Lane))));
    }

    private static IEnumerable<XElement> Ticks(Scale scale, double bottom)
    {
        var step = Steps.FirstOrDefault(s => scale.Seconds / s <= MostTicks, Steps[^1]);
        for (var second = 0; second <= scale.Seconds; second += step)
        {
            var x = scale.At(second);
            yield return Line("axis", x, Top, bottom);
            yield return Text(second < 120 ? $"{second} s" : Invariant($"{second / 60.0:0.#} min"), x, bottom + 16, "tick");
        }
    }

    private static XElement Bar(Scale scale, ReportSpan span, int row)
    {
        const double PixelsPerLetter = 6.5;
        var (from, to) = (scale.At(span.From), scale.At(span.To));
        var width = Math.Max(2, to - from);
        var y = Top + (row * LaneHeight) + 4;
        var text = ReportText.Clean(span.Text);
        return new XElement(
            "g",
            new XElement("title", $"{ReportText.Clean(span.Lane)}: {text}, {(span.To - span.From).TotalSeconds:0.0} s"),
            new XElement(
                "rect",
                new XAttribute("class", $"bar {Css(span.Status)}".TrimEnd()),
                Number("x", from),
                Number("y", y),
                Number("width", width),
                Number("height", LaneHeight - 8),
                Number("rx", 3)),
            text.Length * PixelsPerLetter < width ? Text(text, from + 6, y + 15, "in") : null);
    }

    /// <summary>Marks that are close to each other stand in different rows.</summary>
    private static XElement Mark(Scale scale, ReportMoment moment, int index, double bottom)
    {
        var x = scale.At(moment.Time);
        var y = (index % MarkRows * MarkHeight) + (MarkHeight / 2);
        return new XElement(
            "g",
            new XElement("title", ReportText.Clean(moment.Text)),
            Line("mark", x, y, bottom),
            new XElement("circle", new XAttribute("class", $"dot {Css(moment.Status)}".TrimEnd()), Number("cx", x), Number("cy", y), Number("r", 8.5)),
            Text((index + 1).ToString(CultureInfo.InvariantCulture), x, y + 4, "number"));
    }

    private static XElement? Legend(Report report) => report.Moments.Count == 0 ? null : Element("ol", null, report.Moments.Select(moment =>
        Element("li", null, Invariant($"+{(moment.Time - report.Started).TotalSeconds:0.0} s: "), ReportText.Clean(moment.Text))));

    private static XElement Line(string css, double x, double from, double to) => new(
        "line", new XAttribute("class", css), Number("x1", x), Number("x2", x), Number("y1", from), Number("y2", to));

    private static XElement Text(string text, double x, double y, string? css = null) =>
        Element("text", css, Number("x", x), Number("y", y), text);

    private static XAttribute Number(string name, double value) => new(name, Invariant($"{value:0.##}"));

    private static string Shorten(string text, int longest) => text.Length <= longest ? text : text[..(longest - 1)] + "…";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Where a time is in the drawing; what is outside of it is drawn at its edge.</summary>
    private sealed record Scale(DateTimeOffset From, DateTimeOffset To)
    {
        public double Seconds { get; } = Math.Max(1, (To - From).TotalSeconds);

        public double At(DateTimeOffset time) => At((time - From).TotalSeconds);

        public double At(double second) => Left + (Math.Clamp(second / Seconds, 0, 1) * (Width - Left - Right));
    }
}
