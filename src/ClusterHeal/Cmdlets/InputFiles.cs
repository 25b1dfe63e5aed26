using System.Management.Automation;
using ClusterHeal.Common;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>
/// The files of <c>-Path</c>, <c>-LiteralPath</c> and the objects of a pipeline, and why some of them give no file. A text in a pipeline is a path
/// with wildcards, as for PowerShell's own cmdlets. An object is the one file that it names, whatever characters are in that name.
/// </summary>
internal sealed class InputFiles
{
    // The surest property for the file itself comes first.
    private static readonly string[] PathProperties = ["PSPath", "LiteralPath", "FullName", "Path"];

    private readonly List<string> _files = [];
    private readonly List<ClusterHealException> _faults = [];

    /// <summary>Resolves the names, on the pipeline thread, because PowerShell's drives and location belong to it.</summary>
    /// <param name="session">The drives and the location.</param>
    /// <param name="paths">Names with wildcards.</param>
    /// <param name="literalPaths">Names without wildcards.</param>
    /// <param name="input">An object of the pipeline, or null.</param>
    /// <param name="isPassedOver">Whether to ignore a file that comes from a wildcard or a listing of a folder. Named files are never ignored.</param>
    public InputFiles(
        SessionState session, IEnumerable<string> paths, IEnumerable<string> literalPaths, PSObject? input = null, Func<string, bool>? isPassedOver = null)
    {
        foreach (var path in paths) Resolve(() => Meant(path, SessionPaths.Expand(session, path), isPassedOver));
        foreach (var path in literalPaths) Resolve(() => SessionPaths.Single(session, path));
        if (input is not null) Resolve(() => SessionPaths.Single(session, PathOf(input)).Where(file => isPassedOver?.Invoke(file) != true));
    }

    /// <summary>Does the work for one file after the other. A failure for one does not stop the others.</summary>
    /// <param name="work">The work; it gets the full path.</param>
    /// <param name="sink">Where failures go.</param>
    /// <param name="cancellationToken">Cancelled by Ctrl+C, and if the pipeline ends early.</param>
    public async Task ForEachAsync(Func<string, Task> work, IOperationSink sink, CancellationToken cancellationToken)
    {
        foreach (var fault in _faults) sink.Fail(fault);
        foreach (var file in _files)
        {
            try
            {
                await CallLog.OfAsync(file, "read", () => DoneAsync(work(file))).ConfigureAwait(false);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                sink.Fail(ErrorRecords.AsFault(failure));
            }
        }
    }

    private static async Task<bool> DoneAsync(Task work)
    {
        await work.ConfigureAwait(false);
        return true;
    }

    private static IEnumerable<string> Meant(string path, IReadOnlyList<string> found, Func<string, bool>? isPassedOver) =>
        WildcardPattern.ContainsWildcardCharacters(path) && isPassedOver is not null ? found.Where(file => !isPassedOver(file)) : found;

    private static string PathOf(PSObject input)
    {
        foreach (var name in PathProperties)
        {
            if (input.Properties[name]?.Value is { } value && $"{value}" is { Length: > 0 } path) return path;
        }

        throw new ClusterHealException(
            ErrorIds.PathNotSuitable,
            FaultCategory.InvalidArgument,
            $"An object of type {input.BaseObject.GetType().Name} came through the pipeline, and it names no file.",
            $"{input}",
            "Pipe files, paths, or objects with a property Path.");
    }

    private void Resolve(Func<IEnumerable<string>> lookUp)
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
