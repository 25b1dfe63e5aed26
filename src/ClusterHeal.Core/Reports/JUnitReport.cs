using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace ClusterHeal.Reports;

/// <summary>
/// A report as JUnit XML, as Azure DevOps, Jenkins and GitLab read it: the schemas of Ant's JUnit task and of Jenkins' xUnit plugin both accept it. A
/// group is a suite and a check is a case. A failed check fails, and an unknown one is skipped. A warning passes, and its text is in the suite's
/// output.
/// </summary>
internal static class JUnitReport
{
    public static async Task WriteAsync(IReadOnlyList<Report> reports, Stream stream, CancellationToken cancellationToken)
    {
        var settings = new XmlWriterSettings { Async = true, Encoding = new UTF8Encoding(false), Indent = true };
        var writer = XmlWriter.Create(stream, settings);
        await using (writer.ConfigureAwait(false))
        {
            await Make(reports).SaveAsync(writer, cancellationToken).ConfigureAwait(false);
        }
    }

    private static XDocument Make(IReadOnlyList<Report> reports) => new(new XElement(
        "testsuites",
        reports.SelectMany(report => Groups(report).Select(group => (Report: report, Group: group))).Select((suite, id) => Suite(suite.Report, suite.Group, id))));

    private static IEnumerable<ReportGroup> Groups(Report report)
    {
        var hypotheses = report.Hypotheses.Select(h => new CheckResult
        {
            Name = h.Statement,
            Target = report.Subject,
            Status = h.Status,
            Message = $"Expected: {h.Expected}. Measured: {(h.Measured.Length > 0 ? h.Measured : "nothing")}. {h.Message}".TrimEnd(),
        }).ToArray();
        return hypotheses.Length == 0 ? report.Groups : [new ReportGroup("Hypotheses", hypotheses), .. report.Groups];
    }

    private static XElement Suite(Report report, ReportGroup group, int id) => new(
        "testsuite",
        new XAttribute("name", ReportText.Line(group.Name)),
        new XAttribute("package", ReportText.Line($"{report.Title}.{report.Subject}")),
        new XAttribute("id", id),
        // The schema allows no time zone.
        new XAttribute("timestamp", report.Started.UtcDateTime.ToString("s", CultureInfo.InvariantCulture)),
        new XAttribute("hostname", Environment.MachineName),
        new XAttribute("tests", group.Checks.Count),
        new XAttribute("failures", group.Checks.Count(c => c.Status == CheckStatus.Fail)),
        new XAttribute("errors", 0),
        new XAttribute("skipped", group.Checks.Count(c => c.Status == CheckStatus.Unknown)),
        new XAttribute("time", ReportText.Seconds(group.Checks.Aggregate(TimeSpan.Zero, (sum, check) => sum + check.Elapsed))),
        new XElement("properties", Property("cluster", report.Subject), Property("verdict", report.Verdict.ToString()), Property("summary", report.Summary)),
        group.Checks.Select(check => Case(report, group, check)),
        new XElement("system-out", Output(group)),
        new XElement("system-err", ""));

    private static XElement Property(string name, string value) =>
        new("property", new XAttribute("name", name), new XAttribute("value", ReportText.Line(value)));

    private static XElement Case(Report report, ReportGroup group, CheckResult check) => new(
        "testcase",
        new XAttribute("name", ReportText.Line(check.Target == report.Subject ? check.Name : $"{check.Name}: {check.Target}")),
        new XAttribute("classname", ReportText.Line($"{report.Title}.{group.Name}")),
        new XAttribute("time", ReportText.Seconds(check.Elapsed)),
        check.Status switch
        {
            CheckStatus.Fail => new XElement("failure", Message(check), new XAttribute("type", ReportText.Line(check.Name)), Text(check)),
            CheckStatus.Unknown => new XElement("skipped", Message(check), Text(check)),
            _ => null,
        });

    private static XAttribute Message(CheckResult check) => new("message", ReportText.Line(check.Message));

    private static string Text(CheckResult check) => ReportText.Clean(string.Join('\n', [check.Message, .. ReportText.Details(check)]));

    private static string Output(ReportGroup group) => string.Join(
        '\n', group.Checks.Where(c => c.Status == CheckStatus.Warning).Select(c => $"WARNING {ReportText.Line(c.Name)}: {ReportText.Line(c.Target)}: {Text(c)}"));
}
