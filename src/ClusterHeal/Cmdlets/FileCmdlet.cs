using System.Management.Automation;
using ClusterHeal.Completion;

namespace ClusterHeal.Cmdlets;

/// <summary>The base of cmdlets that read files: <c>-Path</c> with wildcards, <c>-LiteralPath</c> without, one file at a time.</summary>
/// <remarks>
/// A cmdlet overrides <see cref="ProcessFileAsync"/>. If it has other parameter sets, it overrides <see cref="ProcessAsync"/>, too, and calls the
/// base for the sets <see cref="PathSet"/>, <see cref="LiteralPathSet"/> and <see cref="ObjectSet"/>.
/// </remarks>
public abstract class FileCmdlet : AsyncCmdlet
{
    /// <summary>The parameter set with <see cref="Path"/>.</summary>
    protected const string PathSet = "Path";

    /// <summary>The parameter set with <see cref="LiteralPath"/>.</summary>
    protected const string LiteralPathSet = "LiteralPath";

    /// <summary>The parameter set with <see cref="InputObject"/>.</summary>
    protected const string ObjectSet = "InputObject";

    private InputFiles? _files;

    /// <summary>The files. Wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SnapshotPathCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>The files, without wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SnapshotPathCompleter))]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>An object that names a file: one of Get-ChildItem, or one with a property Path. Wildcards in its name have no meaning.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ObjectSet, ValueFromPipeline = true, DontShow = true)]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>True for a file to ignore if it comes from a wildcard, or from a folder's listing in the pipeline.</summary>
    protected virtual bool IsPassedOver(string path) => false;

    /// <summary>Does the work for one file.</summary>
    /// <param name="path">Its full path in the file system. It existed when the path was resolved.</param>
    /// <param name="sink">Where results, failures, progress and questions go.</param>
    /// <param name="cancellationToken">Cancelled by Ctrl+C, and if the pipeline ends early.</param>
    protected abstract Task ProcessFileAsync(string path, IOperationSink sink, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _files = new InputFiles(SessionState, Path, LiteralPath, InputObject, IsPassedOver);
        base.ProcessRecord();
    }

    /// <inheritdoc/>
    protected override Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken) =>
        _files!.ForEachAsync(file => ProcessFileAsync(file, sink, cancellationToken), sink, cancellationToken);
}
