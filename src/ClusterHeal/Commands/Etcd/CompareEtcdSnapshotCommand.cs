using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Etcd;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Shows which Kubernetes objects changed since a snapshot: in a later snapshot, or in the live cluster.</summary>
[Cmdlet(VerbsData.Compare, "EtcdSnapshot")]
[OutputType(typeof(EtcdSnapshotDifference), typeof(EtcdSnapshotDifferenceCount))]
public sealed class CompareEtcdSnapshotCommand : EtcdCmdlet, ISelectsObjects
{
    private SnapshotComparison? _comparison;

    /// <summary>The snapshot.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true), FilePath]
    [Alias("FullName")]
    [ArgumentCompleter(typeof(SnapshotPathCompleter))]
    public string Path { get; set; } = "";

    /// <summary>A later snapshot; the live cluster without it.</summary>
    [Parameter(Position = 1), FilePath]
    [ArgumentCompleter(typeof(SnapshotPathCompleter))]
    public string? DifferencePath { get; set; }

    /// <summary>The kinds or resources.</summary>
    [Parameter]
    [Alias("Resource")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SnapshotObjectCompleter))]
    [NameList]
    public string[] Kind { get; set; } = [];

    /// <summary>The namespaces.</summary>
    [Parameter]
    [AllowEmptyString]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SnapshotObjectCompleter))]
    [NameList]
    public string[] Namespace { get; set; } = [];

    /// <summary>The names.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SnapshotObjectCompleter))]
    [NameList]
    public string[] Name { get; set; } = [];

    /// <summary>Events, leases and endpoint slices, too.</summary>
    [Parameter]
    public SwitchParameter IncludeVolatile { get; set; }

    /// <summary>Counts by resource and namespace.</summary>
    [Parameter]
    public SwitchParameter Summary { get; set; }

    /// <summary>The file with the keys of encryption at rest.</summary>
    [Parameter, FilePath]
    public string? EncryptionConfigurationFile { get; set; }

    /// <summary>The kubeconfig files.</summary>
    [Parameter]
    public string[] Kubeconfig { get; set; } = [];

    /// <summary>The context of the kubeconfig.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>How long one call may take.</summary>
    [Parameter]
    [ValidateRange(1, 3600), Seconds]
    public int TimeoutSec { get; set; } = 30;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Kubeconfig.Length == 0 && Context is null) return;
        Connected = new ClusterConnection { ClusterName = "", Kubeconfig = [.. Kubeconfig.Select(p => SessionPaths.Full(SessionState, p))], Context = Context };
    }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        _comparison ??= new SnapshotComparison
        {
            Filter = this.Filter(),
            IncludeVolatile = IncludeVolatile,
            Summary = Summary,
            EncryptionConfigurationFile = EncryptionConfigurationFile,
        };
        if (DifferencePath is { } later)
        {
            await _comparison.RunAsync(Path, new ComparedSnapshot(later), sink, cancellationToken).ConfigureAwait(false);
            return;
        }

        var isEtcdNamed = Endpoint.Length > 0 || HostConnection is not null || !string.IsNullOrEmpty(HostName);
        if (isEtcdNamed || ClusterEtcd.IsKnown(Connected))
        {
            await base.ProcessAsync(sink, cancellationToken).ConfigureAwait(false);
            return;
        }

        using var client = await ClusterConnector.OpenAsync(Connected, Shells, cancellationToken).ConfigureAwait(false);
        await _comparison.RunAsync(Path, new ComparedApi(client), sink, cancellationToken).ConfigureAwait(false);
    }

    private protected override Task RunAsync(EtcdConnection connection, IOperationSink sink, CancellationToken cancellationToken) =>
        _comparison!.RunAsync(Path, new ComparedEtcd(connection with { CallTimeout = TimeSpan.FromSeconds(TimeoutSec) }), sink, cancellationToken);
}
