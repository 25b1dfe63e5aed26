using ClusterHeal.Common;

namespace ClusterHeal.Reports;

/// <summary>
/// A file for reports: one HTML page that needs nothing else, JUnit XML for pipelines, or JSON for programs. The file's ending says which. An
/// existing file is replaced in one step: a reader sees the old report or the new one, never half of one.
/// </summary>
internal sealed class ReportFile
{
    private readonly string _path;
    private readonly Func<IReadOnlyList<Report>, Stream, CancellationToken, Task> _write;

    private ReportFile(string path, Func<IReadOnlyList<Report>, Stream, CancellationToken, Task> write) => (_path, _write) = (path, write);

    /// <summary>The full path.</summary>
    public string Path => _path;

    /// <summary>Checks whether a report can be written there. Call it before the work that it is about begins.</summary>
    /// <param name="path">The full path; <c>.html</c> and <c>.htm</c> make a page, <c>.xml</c> JUnit XML, <c>.json</c> JSON.</param>
    /// <exception cref="ClusterHealException">It has another ending, or there is no such folder.</exception>
    public static ReportFile At(string path)
    {
        Func<IReadOnlyList<Report>, Stream, CancellationToken, Task> write = System.IO.Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".HTML" or ".HTM" => HtmlReport.WriteAsync,
            ".XML" => JUnitReport.WriteAsync,
            ".JSON" => JsonReport.WriteAsync,
            _ => throw new ClusterHealException(
                ErrorIds.ReportFormatUnknown,
                FaultCategory.InvalidArgument,
                $"'{path}' does not end in .html, .xml or .json, so it is not known which report is meant. Nothing was begun.",
                path,
                "End it in .html for a page to read, in .xml for JUnit results that a pipeline publishes, or in .json for programs."),
        };
        var folder = System.IO.Path.GetDirectoryName(path);
        if (string.IsNullOrEmpty(folder) || !Directory.Exists(folder))
        {
            throw new ClusterHealException(
                ErrorIds.PathNotFound,
                FaultCategory.NotFound,
                $"There is no folder '{folder}' for the report. Nothing was begun.",
                path,
                "Make the folder first, or name another file.");
        }

        FileKind.RequireReplaceable(path, "Nothing was begun.");
        if (!Directory.Exists(path)) return new ReportFile(path, write);
        throw new ClusterHealException(
            ErrorIds.PathNotSuitable,
            FaultCategory.InvalidArgument,
            $"'{path}' is a folder, so no report can be written there. Nothing was begun.",
            path,
            "Name a file in it.");
    }

    /// <summary>Writes the reports.</summary>
    /// <param name="reports">The reports.</param>
    /// <param name="cancellationToken">Ends the writing; an existing report then stays as it was.</param>
    /// <exception cref="ClusterHealException">It cannot be written.</exception>
    public async Task WriteAsync(IReadOnlyList<Report> reports, CancellationToken cancellationToken)
    {
        var part = DurableFile.PartFor(_path);
        try
        {
            var stream = new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16, useAsync: true);
            await using (stream.ConfigureAwait(false))
            {
                await _write(reports, stream, cancellationToken).ConfigureAwait(false);
                await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }

            DurableFile.Publish(part, _path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFault.From(e, _path, "write", "A report of that name is as it was.");
        }
        finally
        {
            if (File.Exists(part)) File.Delete(part);
        }
    }
}
