using System.Xml.Linq;
using System.Xml.Schema;
using ClusterHeal.Reports;

namespace ClusterHeal.Tests.Reports;

public sealed class JUnitReportTests
{
    [Theory]
    [InlineData("kube-scheduler")]
    [InlineData("two\nlines \u0000\u001b <&\"'> \ud800 \u202e")]
    [InlineData("")]
    public async Task The_schema_accepts_it(string text) => Validate(await MakeAsync(SampleReport.Make(text)));

    [Fact]
    public async Task The_schema_accepts_a_report_without_checks() =>
        Validate(await MakeAsync(SampleReport.Make() with { Groups = [], Hypotheses = [] }));

    [Fact]
    public async Task A_failure_fails_its_case_and_what_could_not_be_seen_is_skipped()
    {
        var suites = (await MakeAsync(SampleReport.Make())).Root!.Elements("testsuite").ToArray();
        Assert.Equal(["Hypotheses", "Nodes kube-scheduler", "Pods", "Nothing"], suites.Select(s => (string)s.Attribute("name")!));
        Assert.Equal([1, 0, 1, 0], suites.Select(s => (int)s.Attribute("failures")!));
        Assert.Equal([0, 0, 1, 0], suites.Select(s => (int)s.Attribute("skipped")!));
        Assert.Equal([2, 2, 2, 0], suites.Select(s => (int)s.Attribute("tests")!));
        Assert.Equal("0.025", (string)suites[1].Attribute("time")!);
        Assert.Equal("2026-11-22T15:15:23", (string)suites[1].Attribute("timestamp")!);
        var failure = suites[2].Elements("testcase").First().Element("failure")!;
        Assert.Equal("It is Fail: kube-scheduler", (string)failure.Attribute("message")!);
        Assert.Contains("Remedy: Look at kube-scheduler", failure.Value, StringComparison.Ordinal);
        Assert.NotNull(suites[2].Elements("testcase").Last().Element("skipped"));
    }

    [Fact]
    public async Task A_warning_passes_and_is_in_the_output()
    {
        var suite = (await MakeAsync(SampleReport.Make())).Root!.Elements("testsuite").ElementAt(1);
        Assert.All(suite.Elements("testcase"), testCase => Assert.Empty(testCase.Elements()));
        Assert.StartsWith("WARNING LeaseWarning: kube-scheduler: It is Warning", suite.Element("system-out")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_reports_are_suites_of_one_file()
    {
        using var folder = new TempFolder();
        var path = folder.File("report.xml");
        await ReportFiles.At([path]).WriteAsync([SampleReport.Make("first"), SampleReport.Make("second")], TestContext.Current.CancellationToken);
        var document = XDocument.Load(path);
        Validate(document);
        Assert.Equal(Enumerable.Range(0, 8), document.Root!.Elements("testsuite").Select(s => (int)s.Attribute("id")!));
    }

    private static void Validate(XDocument document)
    {
        var schemas = new XmlSchemaSet();
        schemas.Add(null, Path.Combine(RepositoryRoot.Path, "tests", "ClusterHeal.Core.Tests", "Reports", "junit.xsd"));
        document.Validate(schemas, (_, e) => Assert.Fail(e.Message));
    }

    private static async Task<XDocument> MakeAsync(Report report)
    {
        using var folder = new TempFolder();
        var path = folder.File("report.xml");
        await ReportFiles.At([path]).WriteAsync(report, TestContext.Current.CancellationToken);
        return XDocument.Load(path);
    }
}
