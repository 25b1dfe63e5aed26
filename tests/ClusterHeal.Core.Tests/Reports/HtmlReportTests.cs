using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using ClusterHeal.Reports;

namespace ClusterHeal.Tests.Reports;

public sealed class HtmlReportTests
{
    private const string Hostile = "</style></title><script>alert('1')</script><img src=x onerror=\"alert(2)\"> & ]]> \u0000\u001b[31m \u202Egnp.exe \ud800";

    [Fact]
    public async Task The_page_is_well_formed_and_says_everything_that_the_report_says()
    {
        var (page, text) = await MakeAsync(SampleReport.Make());
        Assert.StartsWith("<!DOCTYPE html", text, StringComparison.Ordinal);
        Assert.Equal(4, page.Descendants("article").Count());
        Assert.Equal(["Fail", "Unknown"], page.Descendants("section").ElementAt(2).Elements("article").Select(a => a.Element("span")!.Value));
        Assert.Equal(3, page.Descendants("ol").Single().Elements().Count());
        Assert.Equal("+62.5 s: the lease has a new holder", page.Descendants("ol").Single().Elements().Last().Value);
        foreach (var said in new[] { "Two of three hypotheses held.", "at most 20 s", "31.2 s", "renewed 3 s ago", "2026-11-22 15:15:23 UTC, 94.5 s" })
            Assert.Contains(said, page.Root!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_needs_nothing_from_elsewhere_and_runs_nothing()
    {
        var (page, text) = await MakeAsync(SampleReport.Make());
        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName is "script" or "link" or "img" or "iframe" or "object" or "a" or "form");
        Assert.DoesNotContain(page.Descendants().Attributes(), a => a.Name.LocalName is "src" or "href" or "style" || a.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.DoesNotContain("://", text, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_names_stay_text()
    {
        var (page, text) = await MakeAsync(SampleReport.Make(Hostile));
        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName is "script" or "img");
        Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<script>alert('1')</script>", page.Descendants("article").First().Value, StringComparison.Ordinal);
        Assert.DoesNotContain(text, c => c is '\u0000' or '\u001b' or '\u202e' || char.IsSurrogate(c));
        Assert.Contains("\ufffd[31m \ufffdgnp.exe \ufffd", page.Root!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_style_is_read_by_browsers_as_it_is_written()
    {
        // A browser reads what is in a style element as it stands, and takes no &gt; for a >.
        var (page, text) = await MakeAsync(SampleReport.Make());
        var style = page.Descendants("style").Single().Value;
        Assert.DoesNotContain(style, c => c is '<' or '>' or '&');
        Assert.Contains(style, text, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", style, StringComparison.Ordinal);
        Assert.Contains("@media print", style, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_elements_that_HTML_knows_as_empty_close_themselves()
    {
        var (page, _) = await MakeAsync(SampleReport.Make(""));
        var closed = page.Descendants().Where(e => e.IsEmpty && !e.Ancestors("svg").Any()).Select(e => e.Name.LocalName).Distinct();
        Assert.Equal(["meta"], closed);
    }

    [Fact]
    public async Task The_timeline_stays_within_its_drawing()
    {
        var (page, _) = await MakeAsync(SampleReport.Make());
        var bars = Bars(page).ToArray();
        Assert.Equal(3, bars.Length);
        Assert.All(bars, bar =>
        {
            Assert.InRange(Percent(bar, "x"), 0, 100);
            Assert.InRange(Percent(bar, "x") + Percent(bar, "width"), 0, 100.001);
        });
        // The span from 10 s to 61 s of 94.5 s.
        Assert.Equal(10 / 94.5 * 100, Percent(bars[0], "x"), 2);
        Assert.Equal(51 / 94.5 * 100, Percent(bars[0], "width"), 2);
    }

    [Fact]
    public async Task The_timeline_says_each_state_by_word_and_by_colour()
    {
        var (page, _) = await MakeAsync(SampleReport.Make());
        Assert.Equal(
            [("stopped", "bar fail"), ("serves", "bar pass"), ("kube-scheduler", "bar")], Bars(page).Select(b => (b.Element("text")!.Value, (string)b.Attribute("class")!)));
        Assert.Equal(["as it should be", "down or failed", "neither good nor bad"], page.Descendants("ul").Single(u => (string?)u.Attribute("class") == "key").Elements().Select(e => e.Value.Trim()));
        Assert.Contains("+10.0 s, 51 s: stopped", page.Root!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_worst_stands_first()
    {
        var report = SampleReport.Make();
        var (page, _) = await MakeAsync(report with { Verdict = CheckStatus.Pass }, report);
        Assert.Equal(["Fail", "Pass"], page.Descendants("h1").Select(h => h.Element("span")!.Value));
        var whole = page.Descendants("div").First(d => (string?)d.Attribute("class") == "report");
        Assert.Equal(["Pods", "Nodes kube-scheduler", "Nothing"], whole.Elements("section").TakeLast(3).Select(s => s.Element("h2")!.Value));
        Assert.Equal(["Fail", "Pass"], whole.Descendants("tbody").Single().Elements().Select(r => r.Descendants("span").First().Value));
    }

    [Fact]
    public async Task Steps_keep_their_order_and_what_a_cause_hides_is_folded()
    {
        var report = SampleReport.Make();
        var checks = report.Groups[1].Checks;
        ReportGroup[] groups = [new("Steps", [.. checks.Reverse()], IsSequence: true), new("Pods", [checks[0], checks[1] with { CausedBy = "RootCause" }])];
        var (page, _) = await MakeAsync(report with { Groups = groups });
        var sections = page.Descendants("section").TakeLast(2).ToArray();
        Assert.Equal(["Unknown", "Fail"], sections[0].Elements("article").Select(a => a.Element("span")!.Value));
        Assert.Equal("1 could not be seen because of RootCause", sections[1].Element("details")!.Element("summary")!.Value);
        Assert.Single(sections[1].Elements("article"));
    }

    [Fact]
    public async Task A_report_without_a_timeline_draws_none()
    {
        var (page, _) = await MakeAsync(SampleReport.Make() with { Spans = [], Moments = [], Hypotheses = [] });
        Assert.Empty(page.Descendants("svg"));
        Assert.Empty(page.Descendants("table"));
    }

    private static IEnumerable<XElement> Bars(XDocument page) => page.Descendants("svg").Where(s => ((string?)s.Attribute("class"))?.Split(' ')[0] == "bar");

    private static double Percent(XElement element, string name) => double.Parse(((string)element.Attribute(name)!).TrimEnd('%'), CultureInfo.InvariantCulture);

    private static async Task<(XDocument Page, string Text)> MakeAsync(params Report[] reports)
    {
        using var folder = new TempFolder();
        var path = folder.File("report.html");
        await ReportFiles.At([path]).WriteAsync(reports, TestContext.Current.CancellationToken);
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return (XDocument.Load(reader, LoadOptions.PreserveWhitespace), text);
    }
}
