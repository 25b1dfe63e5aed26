using System.Management.Automation;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>The files that <c>-Path</c> and <c>-LiteralPath</c> mean, and why some of the names mean none.</summary>
internal sealed class InputFiles
{
    private readonly List<string> _files = [];
    private readonly List<ClusterHealException> _faults = [];

    /// <summary>Looks the names up. On the pipeline thread, to which PowerShell's drives and location belong.</summary>
    /// <param name="session">The drives and the location.</param>
    /// <param name="paths">Names with wildcards.</param>
    /// <param name="literalPaths">Names as they are.</param>
    public InputFiles(SessionState session, IEnumerable<string> paths, IEnumerable<string> literalPaths)
    {
        foreach (var path in paths) Resolve(() => SessionPaths.Expand(session, path));
        foreach (var path in literalPaths) Resolve(() => SessionPaths.Single(session, path));
    }

    /// <summary>Does the work for one file after the other. What fails for one does not keep the others from it.</summary>
    /// <param name="work">The work; it gets the full path.</param>
    /// <param name="sink">Where failures go.</param>
    /// <param name="cancellationToken">Cancelled by Ctrl+C, and where the pipeline ends early.</param>
    public async Task ForEachAsync(Func<string, Task> work, IOperationSink sink, CancellationToken cancellationToken)
    {
        foreach (var fault in _faults) sink.Fail(fault);
        foreach (var file in _files)
        {
            try
            {
                await work(file).ConfigureAwait(false);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                sink.Fail(ErrorRecords.AsFault(failure));
            }
        }
    }

    private void Resolve(Func<IReadOnlyList<string>> lookUp)
    {
        try
        {
            _files.AddRange(lookUp());
        }
        catch (ClusterHealException fault)
        {
            _faults.Add(fault);
        }
    }
}
