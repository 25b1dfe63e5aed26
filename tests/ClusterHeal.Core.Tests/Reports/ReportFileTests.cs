using ClusterHeal.Reports;

namespace ClusterHeal.Tests.Reports;

public sealed class ReportFileTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("report.html", "<!DOCTYPE html")]
    [InlineData("report.HTM", "<!DOCTYPE html")]
    [InlineData("report.xml", "<?xml")]
    public async Task The_ending_decides(string name, string begin)
    {
        using var folder = new TempFolder();
        await ReportFile.At(folder.File(name)).WriteAsync(SampleReport.Make(), Cancellation);
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
        var fault = Assert.Throws<ClusterHealException>(() => ReportFile.At(folder.File(name)));
        Assert.Equal(ErrorIds.ReportFormatUnknown, fault.ErrorId);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_refused_before_anything_begins()
    {
        using var folder = new TempFolder();
        var fault = Assert.Throws<ClusterHealException>(() => ReportFile.At(Path.Combine(folder.Path, "missing", "report.html")));
        Assert.Equal(ErrorIds.PathNotFound, fault.ErrorId);
    }

    [Fact]
    public void A_folder_in_its_place_is_refused_before_anything_begins()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("report.html"));
        Assert.Equal(ErrorIds.PathNotSuitable, Assert.Throws<ClusterHealException>(() => ReportFile.At(folder.File("report.html"))).ErrorId);
    }

    [Fact]
    public async Task A_report_is_replaced_whole_or_not_at_all()
    {
        using var folder = new TempFolder();
        var path = folder.File("report.xml");
        await ReportFile.At(path).WriteAsync(SampleReport.Make("first"), Cancellation);
        var before = await File.ReadAllTextAsync(path, Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReportFile.At(path).WriteAsync(SampleReport.Make("second"), new CancellationToken(canceled: true)));
        Assert.Equal(before, await File.ReadAllTextAsync(path, Cancellation));
        Assert.Equal(["report.xml"], folder.FileNames);

        await ReportFile.At(path).WriteAsync(SampleReport.Make("third"), Cancellation);
        Assert.Contains("third", await File.ReadAllTextAsync(path, Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_went_away_is_said_and_not_made_anew()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(Directory.CreateDirectory(folder.File("reports")).FullName, "report.html");
        var file = ReportFile.At(path);
        Directory.Delete(Path.GetDirectoryName(path)!);
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => file.WriteAsync(SampleReport.Make(), Cancellation));
        Assert.Equal(ErrorIds.PathNotFound, fault.ErrorId);
    }
}
