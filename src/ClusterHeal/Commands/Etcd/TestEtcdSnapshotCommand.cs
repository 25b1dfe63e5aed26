using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Tests a snapshot file of etcd: by itself, against the live members of its cluster, and with a restore as a test.</summary>
[Cmdlet(VerbsDiagnostic.Test, "EtcdSnapshot", DefaultParameterSetName = PathSet)]
[OutputType(typeof(CheckResult), typeof(bool))]
public sealed class TestEtcdSnapshotCommand : EtcdCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string ObjectSet = "InputObject";
    private InputFiles? _files;

    /// <summary>The files. Wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty, NoRecord]
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

    /// <summary>The endpoints of the cluster to compare with.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty, NameList]
    [ArgumentCompleter(typeof(EndpointCompleter))]
    public override string[] Endpoint { get; set; } = [];

    /// <summary>How long one call may take.</summary>
    [Parameter]
    [ValidateRange(1, 3600), Seconds]
    public int TimeoutSec { get; set; } = 10;

    /// <summary>Restores it as a test.</summary>
    [Parameter]
    public SwitchParameter Rehearse { get; set; }

    /// <summary>Answers with true or false.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _files = new InputFiles(SessionState, Path, LiteralPath, InputObject, SnapshotFolder.IsCompanion);
        base.ProcessRecord();
    }

    /// <inheritdoc/>
    protected override Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        // Through the hosts of a connection each file would need a login, which nobody asked for here.
        var isAsked = Endpoint.Length > 0 || HostConnection is not null || !string.IsNullOrEmpty(HostName);
        return isAsked || Connected.Endpoint.Count > 0 ? base.ProcessAsync(sink, cancellationToken) : TestAsync(null, sink, cancellationToken);
    }

    private protected override Task RunAsync(EtcdConnection connection, IOperationSink sink, CancellationToken cancellationToken) =>
        TestAsync(
            connection with
            {
                CallTimeout = TimeSpan.FromSeconds(TimeoutSec),
                IsOfSession = Endpoint.Length == 0 && connection.Access?.Host is null,
            },
            sink,
            cancellationToken);

    private Task TestAsync(EtcdConnection? connection, IOperationSink sink, CancellationToken cancellationToken)
    {
        var rehearsal = Rehearse ? new SnapshotRehearsal(Environment.GetEnvironmentVariable("PATH"), sink) : null;
        return _files!.ForEachAsync(TestFileAsync, sink, cancellationToken);

        async Task TestFileAsync(string path)
        {
            var results = await SnapshotTester.TestAsync(path, connection, rehearsal, cancellationToken).ConfigureAwait(false);
            if (Quiet) sink.Emit(SnapshotTester.IsProven(results));
            else foreach (var result in results) sink.Emit(result);
        }
    }
}
