using System.Globalization;
using System.Xml.Linq;
using static ClusterHeal.Reports.HtmlReport;

namespace ClusterHeal.Reports;

/// <summary>
/// The timeline of a report: one lane for each component or probe, its spans as bars with their state in them, and the moments as numbered marks
/// across all lanes, which a list below explains. Positions are percentages of the width, so the drawing fits a telephone and a wide screen, with
/// letters of the same size.
/// </summary>
internal static class HtmlTimeline
{
    private const double LaneHeight = 26;
    private const double MarkHeight = 18;
    private const int MarkRows = 3;
    private const double TickHeight = 20;
    private const int MostTicks = 8;
    private const double Thinnest = 0.3;
    private const double ThinnestWithText = 2;
    private const double LetterShare = 0.9;
    private const int ShortText = 6;

    private static readonly int[] Steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400];

    private static readonly (CheckStatus? Status, string Meaning)[] Meanings =
    [
        (CheckStatus.Pass, "as it should be"),
        (CheckStatus.Warning, "not quite"),
        (CheckStatus.Fail, "down or failed"),
        (CheckStatus.Unknown, "not known"),
        (null, "neither good nor bad"),
    ];

    /// <summary>Draws it; null if the report has nothing to draw.</summary>
    public static XElement? Make(Report report)
    {
        if (report.Spans.Count == 0 && report.Moments.Count == 0) return null;
        var scale = new Scale(report.Started, report.Ended);
        return Element(
            "section",
            "timeline",
            Element("h2", null, "Timeline"),
            report.Moments.Count == 0 ? null : Row("", Drawing(MarkRows * MarkHeight, "marks", report.Moments.Select((moment, i) => Mark(scale, moment, i)))),
            report.Spans.GroupBy(s => s.Lane).Select(lane => Row(lane.Key, Drawing(
                LaneHeight,
                "lane",
                scale.Ticks.Select(t => Line("axis", t.At)),
                report.Moments.Select(moment => Line("mark", scale.At(moment.Time))),
                lane.Select(span => Bar(scale, span))))),
            Row("", Drawing(TickHeight, "ticks", scale.Ticks.Select((tick, i) => Text(tick.Label, tick.At, TickHeight - 5, i % 2 == 0 ? "tick" : "tick minor")))),
            Key(report),
            Legend(report),
            Lines(report));
    }

    private static XElement Row(string name, XElement drawing) => Element("div", "row", Element("span", "name", ReportText.Clean(name)), drawing);

    private static XElement Drawing(double height, string css, params object?[] content) =>
        new("svg", new XAttribute("class", css), new XAttribute("role", "img"), Number("height", height), content);

    // A long text that does not fit into a bar is cut off at the end of the bar. A short one is left out.
    private static XElement Bar(Scale scale, ReportSpan span)
    {
        var from = scale.At(span.From);
        var width = Math.Max(Thinnest, scale.At(span.To) - from);
        var text = ReportText.Clean(span.Text);
        return new XElement(
            "svg",
            new XAttribute("class", $"bar {Css(span.Status)}".TrimEnd()),
            Share("x", Math.Min(from, 100 - Thinnest)),
            Share("width", width),
            Number("y", 3),
            Number("height", LaneHeight - 6),
            new XElement("title", $"{ReportText.Clean(span.Lane)}: {text}, {ReportText.Length(span.To - span.From)}"),
            new XElement("rect", Share("width", 100), Share("height", 100), Number("rx", 3)),
            width < ThinnestWithText || (text.Length <= ShortText && (text.Length + 1) * LetterShare > width) ? null : new XElement("text", Number("x", 5), Number("y", 14), text));
    }

    /// <summary>Marks that are close to each other are in different rows.</summary>
    private static XElement Mark(Scale scale, ReportMoment moment, int index)
    {
        var x = scale.At(moment.Time);
        var y = (index % MarkRows * MarkHeight) + (MarkHeight / 2);
        return new XElement(
            "g",
            new XElement("title", ReportText.Clean(moment.Text)),
            new XElement("line", new XAttribute("class", "mark"), Share("x1", x), Share("x2", x), Number("y1", y), Number("y2", MarkRows * MarkHeight)),
            new XElement("circle", new XAttribute("class", $"dot {Css(moment.Status)}".TrimEnd()), Share("cx", x), Number("cy", y), Number("r", 8.5)),
            Text((index + 1).ToString(CultureInfo.InvariantCulture), x, y + 4, "number"));
    }

    /// <summary>The meaning of the colours in use.</summary>
    private static XElement Key(Report report) => Element("ul", "key", Meanings
        .Where(m => report.Spans.Any(s => s.Status == m.Status))
        .Select(m => Element("li", null, Element("span", $"swatch {Css(m.Status)}".TrimEnd(), ""), $" {m.Meaning}")));

    private static XElement? Legend(Report report) => report.Moments.Count == 0 ? null : Element("ol", null, report.Moments.Select(moment =>
        Element("li", null, After(report, moment.Time), ": ", ReportText.Clean(moment.Text))));

    /// <summary>The same as lines: for people who cannot see the drawing, and for spans that are too short to be visible.</summary>
    private static XElement? Lines(Report report) => report.Spans.Count == 0 ? null : Element(
        "details",
        null,
        Element("summary", null, "The timeline in words"),
        report.Spans.GroupBy(s => s.Lane).Select(lane => Element("div", null, Element("h3", null, ReportText.Clean(lane.Key)), Element("ul", "evidence", lane.Select(span =>
            Element("li", null, After(report, span.From), $", {ReportText.Length(span.To - span.From)}: ", ReportText.Clean(span.Text)))))));

    private static string After(Report report, DateTimeOffset time) =>
        string.Create(CultureInfo.InvariantCulture, $"+{(time - report.Started).TotalSeconds:0.0} s");

    private static XElement Line(string css, double x) =>
        new("line", new XAttribute("class", css), Share("x1", x), Share("x2", x), Number("y1", 0), Number("y2", LaneHeight));

    private static XElement Text(string text, double x, double y, string css) => Element("text", css, Share("x", x), Number("y", y), text);

    private static XAttribute Number(string name, double value) => new(name, string.Create(CultureInfo.InvariantCulture, $"{value:0.##}"));

    private static XAttribute Share(string name, double percent) => new(name, string.Create(CultureInfo.InvariantCulture, $"{percent:0.###}%"));

    /// <summary>Where a time is in the drawing, as a percentage of its width. A time outside of it is drawn at its edge.</summary>
    private sealed record Scale(DateTimeOffset From, DateTimeOffset To)
    {
        private double Seconds { get; } = Math.Max(1, (To - From).TotalSeconds);

        public IEnumerable<(double At, string Label)> Ticks
        {
            get
            {
                var step = Steps.FirstOrDefault(s => Seconds / s <= MostTicks, Steps[^1]);
                for (var second = 0; second <= Seconds; second += step)
                    yield return (At(second), second < 120 ? $"{second} s" : string.Create(CultureInfo.InvariantCulture, $"{second / 60.0:0.#} min"));
            }
        }

        public double At(DateTimeOffset time) => At((time - From).TotalSeconds);

        private double At(double second) => Math.Clamp(second / Seconds, 0, 1) * 100;
    }
}
