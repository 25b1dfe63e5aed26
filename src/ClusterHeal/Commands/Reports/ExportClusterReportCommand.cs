using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Operations.Reporting;
using ClusterHeal.Parameters;
using ClusterHeal.Reports;

namespace ClusterHeal.Commands.Reports;

/// <summary>Export-ClusterReport: writes results of tests and operations as reports.</summary>
[Cmdlet(VerbsData.Export, "ClusterReport", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportClusterReportCommand : AsyncCmdlet
{
    private readonly ReportExport _export = new(TimeProvider.System);
    private ReportFiles _files = ReportFiles.At([]);
    private bool? _isAgreed;
    private bool _isWritten = true;

    /// <summary>The results.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject[] InputObject { get; set; } = [];

    /// <summary>The files.</summary>
    [Parameter(Mandatory = true, Position = 0), FilePath]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Returns the files.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            // Before the cmdlet in front of it in the pipeline begins its work.
            _files = ReportFiles.At(Path);
        }
        catch (ClusterHealException fault)
        {
            ThrowTerminatingError(ErrorRecords.From(fault));
        }
    }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        foreach (var item in InputObject)
        {
            var isWhole = _export.Add(item.BaseObject);
            _isWritten = false;
            // At once: a failed operation may end the pipeline with an error after its report.
            if (isWhole) await WriteAsync(sink, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        if (!_isWritten) await WriteAsync(sink, cancellationToken).ConfigureAwait(false);
        if (_isAgreed is null) sink.Warning("Nothing came through the pipeline that there is a report of, so no file was written.");
        if (_isAgreed != true || !PassThru) return;
        foreach (var path in _files.Paths) sink.Emit(new FileInfo(path));
    }

    private async Task WriteAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        if (_export.Reports.Count == 0) return;
        _isAgreed ??= await sink.ConfirmAsync(string.Join(", ", _files.Paths), "Write the report", cancellationToken).ConfigureAwait(false);
        if (_isAgreed == true) await _files.WriteAsync(_export.Reports, cancellationToken).ConfigureAwait(false);
        _isWritten = true;
    }
}
