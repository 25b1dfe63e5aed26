using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Operations;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Lists the Kubernetes objects in a snapshot file of etcd.</summary>
[Cmdlet(VerbsCommon.Get, "EtcdSnapshotObject", DefaultParameterSetName = PathSet)]
[OutputType(typeof(EtcdSnapshotObject))]
public sealed class GetEtcdSnapshotObjectCommand : FileCmdlet, ISelectsObjects
{
    private SnapshotObjectQuery? _query;

    /// <summary>The kinds or resources.</summary>
    [Parameter(Position = 1)]
    [Alias("Resource")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SnapshotObjectCompleter))]
    [NameList]
    public string[] Kind { get; set; } = [];

    /// <summary>The names.</summary>
    [Parameter(Position = 2)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SnapshotObjectCompleter))]
    [NameList]
    public string[] Name { get; set; } = [];

    /// <summary>The namespaces.</summary>
    [Parameter]
    [AllowEmptyString]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SnapshotObjectCompleter))]
    [NameList]
    public string[] Namespace { get; set; } = [];

    /// <summary>A label selector.</summary>
    [Parameter]
    public string? LabelSelector { get; set; }

    /// <summary>The revision whose state is read.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long? AtRevision { get; set; }

    /// <summary>All revisions in the snapshot.</summary>
    [Parameter]
    public SwitchParameter History { get; set; }

    /// <summary>The file with the keys of encryption at rest.</summary>
    [Parameter, FilePath]
    public string? EncryptionConfigurationFile { get; set; }

    /// <inheritdoc/>
    protected override bool IsPassedOver(string path) => SnapshotFolder.IsCompanion(path);

    /// <inheritdoc/>
    protected override Task ProcessFileAsync(string path, IOperationSink sink, CancellationToken cancellationToken)
    {
        _query ??= new SnapshotObjectQuery
        {
            Filter = this.Filter(),
            AtRevision = AtRevision,
            History = History,
            EncryptionConfigurationFile = EncryptionConfigurationFile,
        };
        return _query.RunAsync(path, sink, cancellationToken);
    }
}
