namespace ClusterHeal.Reports;

/// <summary>The files for reports. The ending of each says its form. The list may be empty.</summary>
public sealed class ReportFiles
{
    private readonly ReportFile[] _files;

    private ReportFiles(ReportFile[] files) => _files = files;

    /// <summary>Checks whether reports can be written there. Call it before the work that they are about begins.</summary>
    /// <param name="paths">The full paths.</param>
    /// <exception cref="ClusterHealException">One of them has an unknown ending, or its folder is missing.</exception>
    public static ReportFiles At(IEnumerable<string> paths) => new([.. paths.Distinct().Select(ReportFile.At)]);

    /// <summary>The full paths.</summary>
    public IEnumerable<string> Paths => _files.Select(file => file.Path);

    /// <summary>Writes a report to each.</summary>
    /// <param name="report">The report.</param>
    /// <param name="cancellationToken">Ends the writing; a file that is not written yet then stays as it was.</param>
    /// <exception cref="ClusterHealException">One of them cannot be written; the others are.</exception>
    public Task WriteAsync(Report report, CancellationToken cancellationToken) => WriteAsync([report], cancellationToken);

    /// <summary>Writes reports to each, all of them into one file.</summary>
    /// <param name="reports">The reports.</param>
    /// <param name="cancellationToken">Ends the writing; a file that is not written yet then stays as it was.</param>
    /// <exception cref="ClusterHealException">One of them cannot be written; the others are.</exception>
    public Task WriteAsync(IReadOnlyList<Report> reports, CancellationToken cancellationToken) =>
        Task.WhenAll(_files.Select(file => file.WriteAsync(reports, cancellationToken)));
}
