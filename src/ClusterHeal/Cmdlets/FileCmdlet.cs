using System.Management.Automation;
using ClusterHeal.Parameters;

namespace ClusterHeal.Cmdlets;

/// <summary>The base of cmdlets that read files: <c>-Path</c> with wildcards, <c>-LiteralPath</c> without, one file at a time.</summary>
/// <remarks>
/// A cmdlet overrides <see cref="ProcessFileAsync"/>. One that has parameter sets of its own besides overrides
/// <see cref="ProcessAsync"/> too and calls the base for the sets <see cref="PathSet"/> and <see cref="LiteralPathSet"/>.
/// </remarks>
public abstract class FileCmdlet : AsyncCmdlet
{
    /// <summary>The parameter set with <see cref="Path"/>.</summary>
    protected const string PathSet = "Path";

    /// <summary>The parameter set with <see cref="LiteralPath"/>.</summary>
    protected const string LiteralPathSet = "LiteralPath";

    private readonly List<string> _files = [];
    private readonly List<ClusterHealException> _faults = [];

    /// <summary>The files. Wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The files, each name taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Does the work for one file.</summary>
    /// <param name="path">Its full path in the file system. It existed when it was looked for.</param>
    /// <param name="sink">Where results, failures, progress and questions go.</param>
    /// <param name="cancellationToken">Cancelled by Ctrl+C, and where the pipeline ends early.</param>
    protected abstract Task ProcessFileAsync(string path, IOperationSink sink, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // Here and not in ProcessAsync: PowerShell's drives and location belong to the pipeline thread.
        _files.Clear();
        _faults.Clear();
        foreach (var path in Path) Resolve(path, SessionPaths.Expand);
        foreach (var path in LiteralPath) Resolve(path, SessionPaths.Single);
        base.ProcessRecord();
    }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        foreach (var fault in _faults) sink.Fail(fault);
        foreach (var file in _files)
        {
            try
            {
                await ProcessFileAsync(file, sink, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                sink.Fail(ErrorRecords.AsFault(failure));
            }
        }
    }

    private void Resolve(string path, Func<SessionState, string, IReadOnlyList<string>> resolve)
    {
        try
        {
            _files.AddRange(resolve(SessionState, path));
        }
        catch (ClusterHealException fault)
        {
            _faults.Add(fault);
        }
    }
}
