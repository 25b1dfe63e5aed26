using System.Text.Json;
using ClusterHeal.Reports;

namespace ClusterHeal.Tests.Reports;

public sealed class ReportFileTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("report.html", "<!DOCTYPE html")]
    [InlineData("report.HTM", "<!DOCTYPE html")]
    [InlineData("report.xml", "<?xml")]
    [InlineData("report.json", "[")]
    public async Task The_ending_decides(string name, string begin)
    {
        using var folder = new TempFolder();
        await ReportFiles.At([folder.File(name)]).WriteAsync(SampleReport.Make(), Cancellation);
        Assert.StartsWith(begin, await File.ReadAllTextAsync(folder.File(name), Cancellation), StringComparison.Ordinal);
        Assert.Equal([name], folder.FileNames);
    }

    [Theory]
    [InlineData("report.pdf")]
    [InlineData("report")]
    [InlineData("report.html.txt")]
    public void Another_ending_is_refused_before_anything_begins(string name)
    {
        using var folder = new TempFolder();
        var fault = Assert.Throws<ClusterHealException>(() => ReportFiles.At([folder.File(name)]));
        Assert.Equal(ErrorIds.ReportFormatUnknown, fault.ErrorId);
    }

    [Fact]
    public async Task One_run_writes_several_forms()
    {
        using var folder = new TempFolder();
        await ReportFiles.At([folder.File("a.html"), folder.File("a.xml"), folder.File("a.json")]).WriteAsync(SampleReport.Make(), Cancellation);
        Assert.Equal(["a.html", "a.json", "a.xml"], folder.FileNames.Order());
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_keeps_no_other_from_being_written()
    {
        using var folder = new TempFolder();
        var gone = Directory.CreateDirectory(folder.File("gone")).FullName;
        var files = ReportFiles.At([Path.Combine(gone, "a.html"), folder.File("a.xml")]);
        Directory.Delete(gone);
        await Assert.ThrowsAsync<ClusterHealException>(() => files.WriteAsync(SampleReport.Make(), Cancellation));
        Assert.True(File.Exists(folder.File("a.xml")));
    }

    [Fact]
    public async Task JSON_has_what_the_report_has()
    {
        using var folder = new TempFolder();
        var path = folder.File("report.json");
        await ReportFiles.At([path]).WriteAsync(SampleReport.Make(), Cancellation);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(path, Cancellation));
        var report = json.RootElement.EnumerateArray().Single();
        Assert.Equal("Drill Scheduler", report.GetProperty("title").GetString());
        Assert.Equal("Fail", report.GetProperty("verdict").GetString());
        Assert.Equal(SampleReport.Start, report.GetProperty("started").GetDateTimeOffset());
        var check = report.GetProperty("groups")[1].GetProperty("checks")[0];
        Assert.Equal(["Fail", "kube-scheduler"], [check.GetProperty("status").GetString()!, check.GetProperty("evidence")[1].GetString()!]);
        Assert.Equal(3, report.GetProperty("spans").GetArrayLength());
        Assert.False(check.TryGetProperty("hostConnection", out _));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_refused_before_anything_begins()
    {
        using var folder = new TempFolder();
        var fault = Assert.Throws<ClusterHealException>(() => ReportFiles.At([Path.Combine(folder.Path, "missing", "report.html")]));
        Assert.Equal(ErrorIds.PathNotFound, fault.ErrorId);
    }

    [Fact]
    public void A_folder_in_its_place_is_refused_before_anything_begins()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("report.html"));
        Assert.Equal(ErrorIds.PathNotSuitable, Assert.Throws<ClusterHealException>(() => ReportFiles.At([folder.File("report.html")])).ErrorId);
    }

    [Fact]
    public async Task A_report_is_replaced_whole_or_not_at_all()
    {
        using var folder = new TempFolder();
        var path = folder.File("report.xml");
        await ReportFiles.At([path]).WriteAsync(SampleReport.Make("first"), Cancellation);
        var before = await File.ReadAllTextAsync(path, Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReportFiles.At([path]).WriteAsync(SampleReport.Make("second"), new CancellationToken(canceled: true)));
        Assert.Equal(before, await File.ReadAllTextAsync(path, Cancellation));
        Assert.Equal(["report.xml"], folder.FileNames);

        await ReportFiles.At([path]).WriteAsync(SampleReport.Make("third"), Cancellation);
        Assert.Contains("third", await File.ReadAllTextAsync(path, Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_went_away_is_said_and_not_made_anew()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(Directory.CreateDirectory(folder.File("reports")).FullName, "report.html");
        var file = ReportFiles.At([path]);
        Directory.Delete(Path.GetDirectoryName(path)!);
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => file.WriteAsync(SampleReport.Make(), Cancellation));
        Assert.Equal(ErrorIds.PathNotFound, fault.ErrorId);
    }
}
