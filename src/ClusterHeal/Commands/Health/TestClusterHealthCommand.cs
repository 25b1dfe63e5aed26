using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Operations;
using ClusterHeal.Parameters;
using ClusterHeal.Reports;

namespace ClusterHeal.Commands;

/// <summary>Test-ClusterHealth: tests whether a cluster is healthy, check by check.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ClusterHealth", DefaultParameterSetName = OnceSet)]
[OutputType(typeof(CheckResult), typeof(bool))]
public sealed class TestClusterHealthCommand : KubernetesCmdlet
{
    private const string OnceSet = "Once";
    private const string WaitSet = "Wait";

    private string? _verdict;

    /// <summary>The areas.</summary>
    [Parameter(Position = 0), NameList]
    public HealthArea[] Area { get; set; } = [];

    /// <summary>The names of the checks.</summary>
    [Parameter, NameList]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(HealthCheckCompleter))]
    public string[] Check { get; set; } = [];

    /// <summary>The folder of the snapshots.</summary>
    [Parameter, FilePath]
    public string? BackupPath { get; set; }

    /// <summary>How old the newest proven snapshot may be.</summary>
    [Parameter, Duration]
    public TimeSpan BackupAge { get; set; } = TimeSpan.FromHours(25);

    /// <summary>How long ago the last rehearsal of a restore may be, in days.</summary>
    [Parameter, ValidateRange(0, 3650), Days]
    public int RehearsalDay { get; set; } = 31;

    /// <summary>How long a certificate must still be valid, in days.</summary>
    [Parameter, ValidateRange(0, 3650), Days]
    public int CertificateDay { get; set; } = 30;

    /// <summary>Waits until the cluster is healthy.</summary>
    [Parameter(Mandatory = true, ParameterSetName = WaitSet)]
    public SwitchParameter Wait { get; set; }

    /// <summary>How long it must be healthy without a break.</summary>
    [Parameter(ParameterSetName = WaitSet), Duration]
    public TimeSpan StableFor { get; set; } = TimeSpan.Zero;

    /// <summary>The longest wait.</summary>
    [Parameter(ParameterSetName = WaitSet), ValidateRange(1, 86400), Seconds]
    public int TimeoutSec { get; set; } = 600;

    /// <summary>The files of a report.</summary>
    [Parameter, FilePath]
    public string[] ReportPath { get; set; } = [];

    /// <summary>Answers with true or false.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var options = new HealthOptions
        {
            Areas = Area,
            Checks = Check,
            BackupAge = BackupAge,
            RehearsalAge = TimeSpan.FromDays(RehearsalDay),
            CertificateTime = TimeSpan.FromDays(CertificateDay),
        };
        var timeout = TimeSpan.FromSeconds(TimeoutSec);
        ClusterHealthTest.Validate(options, StableFor, timeout);
        var files = ReportFiles.At(ReportPath);
        var started = TimeProvider.System.GetUtcNow();
        using var opened = await OpenedHealthSources.OpenAsync(Connection, BackupPath, Shells, cancellationToken).ConfigureAwait(false);
        var test = new ClusterHealthTest(opened.Sources, options, TimeProvider.System);
        var (results, inTime) = Wait
            ? await test.WaitAsync(StableFor, timeout, sink, cancellationToken).ConfigureAwait(false)
            : (await test.RunAsync(cancellationToken).ConfigureAwait(false), true);
        if (test.Cause is { } cause) results = [cause, .. results];
        await files.WriteAsync(test.ToReport(results, started), cancellationToken).ConfigureAwait(false);
        if (Quiet) sink.Emit(inTime && test.IsHealthy(results));
        else EmitShown(test, results, opened.Sources.ClusterName, sink);
        if (!inTime && !Quiet) sink.Fail(ClusterHealthTest.NotInTime(opened.Sources.ClusterName, timeout));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        // Only for people: other cmdlets and files get the results and nothing else.
        if (_verdict is not null && MyInvocation.PipelinePosition == MyInvocation.PipelineLength && !Console.IsOutputRedirected)
            WriteInformation(new HostInformationMessage { Message = _verdict }, ["PSHOST"]);
    }

    private void EmitShown(ClusterHealthTest test, IReadOnlyList<CheckResult> results, string clusterName, IOperationSink sink)
    {
        var shown = Check.Length > 0 ? results : HealthSummary.WorstFirst(results);
        foreach (var result in shown) sink.Emit(result);
        _verdict = VisibleText.Of(HealthSummary.Verdict(clusterName, test.IsHealthy(results), shown));
    }
}
