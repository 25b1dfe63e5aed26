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
        Assert.Equal(["Fail", "Unknown"], page.Descendants("section").ElementAt(3).Elements("article").Select(a => a.Element("span")!.Value));
        Assert.Equal(3, page.Descendants("li").Count(li => li.Value.StartsWith('+')));
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
        var svg = page.Descendants("svg").Single();
        foreach (var bar in svg.Descendants("rect"))
        {
            Assert.InRange((double)bar.Attribute("x")!, 170, 940);
            Assert.InRange((double)bar.Attribute("x")! + (double)bar.Attribute("width")!, 170, 942);
        }

        // The span from 10 s to 61 s of 94.5 s on 770 points.
        var stopped = svg.Descendants("rect").First();
        Assert.Equal(170 + (10 / 94.5 * 770), (double)stopped.Attribute("x")!, 1);
        Assert.Equal(51 / 94.5 * 770, (double)stopped.Attribute("width")!, 1);
    }

    [Fact]
    public async Task A_report_without_a_timeline_draws_none()
    {
        var (page, _) = await MakeAsync(SampleReport.Make() with { Spans = [], Moments = [], Hypotheses = [] });
        Assert.Empty(page.Descendants("svg"));
        Assert.Empty(page.Descendants("table"));
    }

    private static async Task<(XDocument Page, string Text)> MakeAsync(Report report)
    {
        using var folder = new TempFolder();
        var path = folder.File("report.html");
        await ReportFile.At(path).WriteAsync(report, TestContext.Current.CancellationToken);
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return (XDocument.Load(reader, LoadOptions.PreserveWhitespace), text);
    }
}
