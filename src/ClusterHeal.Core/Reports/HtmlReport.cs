using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace ClusterHeal.Reports;

/// <summary>
/// Reports as one HTML page that needs nothing else: no links, no scripts, its style and its timelines are inside. It is built as a tree of elements,
/// so no text of a cluster can become markup. The worst comes first.
/// </summary>
internal static class HtmlReport
{
    private const int Last = 3;

    // A second safeguard: the page itself says that nothing may be loaded or run.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'";

    public static async Task WriteAsync(IReadOnlyList<Report> reports, Stream stream, CancellationToken cancellationToken)
    {
        var settings = new XmlWriterSettings { Async = true, Encoding = new UTF8Encoding(false), OmitXmlDeclaration = true };
        var writer = XmlWriter.Create(stream, settings);
        await using (writer.ConfigureAwait(false))
        {
            await Make(reports).SaveAsync(writer, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>An element that browsers read as intended: empty ones have a closing tag of their own.</summary>
    public static XElement Element(string name, string? css, params object?[] content)
    {
        var element = new XElement(name, css is null ? null : new XAttribute("class", css), content);
        if (element.IsEmpty) element.Value = "";
        return element;
    }

    public static string Css(CheckStatus? status) => status switch
    {
        CheckStatus.Pass => "pass",
        CheckStatus.Warning => "warning",
        CheckStatus.Fail => "fail",
        CheckStatus.Unknown => "unknown",
        _ => "",
    };

    private static XDocument Make(IReadOnlyList<Report> reports)
    {
        var title = reports.Count == 1 ? ReportText.Line($"{reports[0].Title}: {reports[0].Subject}") : $"{reports.Count} reports";
        var head = new XElement(
            "head",
            new XElement("meta", new XAttribute("charset", "utf-8")),
            new XElement("meta", new XAttribute("http-equiv", "Content-Security-Policy"), new XAttribute("content", Policy)),
            new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
            new XElement("title", title),
            new XElement("style", Style()));
        var body = new XElement("body", reports.OrderBy(r => Urgency(r.Verdict)).Select(Whole));
        return new XDocument(
            new XDocumentType("html", null, null, null), new XElement("html", new XAttribute("lang", "en"), head, body));
    }

    private static XElement Whole(Report report) => Element(
        "div",
        "report",
        Header(report),
        Hypotheses(report.Hypotheses),
        HtmlTimeline.Make(report),
        report.Groups.OrderBy(g => g.IsSequence ? 0 : g.Checks.Select(c => Urgency(c.Status)).DefaultIfEmpty(Last).Min()).Select(Group));

    private static XElement Header(Report report)
    {
        var checks = report.Groups.SelectMany(g => g.Checks).Select(c => c.Status).Concat(report.Hypotheses.Select(h => h.Status)).ToArray();
        var counts = new[] { CheckStatus.Fail, CheckStatus.Unknown, CheckStatus.Warning, CheckStatus.Pass }
            .Select(status => (Status: status, Count: checks.Count(s => s == status)))
            .Where(c => c.Count > 0)
            .Select(c => Element("li", null, Badge(c.Status), $" {c.Count}"));
        return Element(
            "header",
            null,
            Element("h1", null, ReportText.Clean($"{report.Title}: {report.Subject} "), Badge(report.Verdict)),
            Element("p", null, ReportText.Clean(report.Summary)),
            Element("p", "quiet", $"{ReportText.Moment(report.Started)}, {ReportText.Length(report.Ended - report.Started)}"),
            Element("ul", "counts", counts));
    }

    private static XElement? Hypotheses(IReadOnlyList<ReportHypothesis> hypotheses) => hypotheses.Count == 0 ? null : Element(
        "section",
        null,
        Element("h2", null, "What was expected, and what was seen"),
        Element(
            "table",
            null,
            Element("thead", null, Element("tr", null, Heading("Verdict"), Heading("Hypothesis"), Heading("Expected"), Heading("Measured"))),
            Element("tbody", null, hypotheses.OrderBy(h => Urgency(h.Status)).Select(h => Element(
                "tr",
                null,
                Element("td", null, Badge(h.Status)),
                Element("td", null, ReportText.Clean(h.Statement), h.Message is null ? null : Element("p", "quiet", ReportText.Clean(h.Message))),
                Element("td", null, ReportText.Clean(h.Expected)),
                Element("td", null, ReportText.Clean(h.Measured)))))));

    private static XElement Group(ReportGroup group)
    {
        var checks = group.IsSequence ? group.Checks : [.. group.Checks.OrderBy(c => Urgency(c.Status))];
        var hidden = checks.Where(c => c.CausedBy is not null).ToArray();
        return Element(
            "section",
            null,
            Element("h2", null, ReportText.Clean(group.Name)),
            checks.Where(c => c.CausedBy is null).Select(Check),
            hidden.Length == 0 ? null : Element(
                "details", null, Element("summary", null, ReportText.Clean($"{hidden.Length} could not be seen because of {hidden[0].CausedBy}")), hidden.Select(Check)));
    }

    private static XElement Check(CheckResult check) => Element(
        "article",
        Css(check.Status),
        Badge(check.Status),
        Element("h3", null, ReportText.Clean(check.Name)),
        Element("span", "target", ReportText.Clean(check.Target)),
        Element("p", null, ReportText.Clean(check.Message)),
        check.Remedy is null ? null : Element("p", "remedy", ReportText.Clean(check.Remedy)),
        Evidence(check));

    /// <summary>Details are open if something is wrong, and folded if all is well.</summary>
    private static XElement? Evidence(CheckResult check)
    {
        if (check.Evidence.Length == 0) return null;
        var list = Element("ul", "evidence", check.Evidence.Select(line => Element("li", null, ReportText.Clean(line))));
        return check.Status == CheckStatus.Pass ? Element("details", null, Element("summary", null, "What was seen"), list) : list;
    }

    private static XElement Badge(CheckStatus status) => Element("span", $"status {Css(status)}", status.ToString());

    private static XElement Heading(string text) => Element("th", null, text);

    private static int Urgency(CheckStatus status) => status switch
    {
        CheckStatus.Fail => 0,
        CheckStatus.Unknown => 1,
        CheckStatus.Warning => 2,
        _ => Last,
    };

    private static string Style()
    {
        using var reader = new StreamReader(typeof(HtmlReport).Assembly.GetManifestResourceStream("ClusterHeal.Reports.Report.css")!);
        return reader.ReadToEnd();
    }
}
