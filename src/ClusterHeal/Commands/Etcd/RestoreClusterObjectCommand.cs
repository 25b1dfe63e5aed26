using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Operations;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Creates objects of a snapshot again in the live cluster, through its API server.</summary>
[Cmdlet(VerbsData.Restore, "ClusterObject", DefaultParameterSetName = ObjectSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ClusterObjectRestore))]
public sealed class RestoreClusterObjectCommand : KubernetesCmdlet, ISelectsObjects
{
    private const string ObjectSet = "InputObject", PathSet = "Path";

    private readonly List<EtcdSnapshotObject> _objects = [];

    /// <summary>The objects.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ObjectSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("SnapshotObject")]
    [AllowNull]
    public EtcdSnapshotObject?[]? InputObject { get; set; }

    /// <summary>The snapshot.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet), FilePath]
    [ArgumentCompleter(typeof(SnapshotPathCompleter))]
    public string Path { get; set; } = "";

    /// <summary>The kinds or resources.</summary>
    [Parameter(Position = 1, ParameterSetName = PathSet)]
    [Alias("Resource")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SnapshotObjectCompleter))]
    [NameList]
    public string[] Kind { get; set; } = [];

    /// <summary>The names.</summary>
    [Parameter(Position = 2, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SnapshotObjectCompleter))]
    [NameList]
    public string[] Name { get; set; } = [];

    /// <summary>The namespaces.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [AllowEmptyString]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SnapshotObjectCompleter))]
    [NameList]
    public string[] Namespace { get; set; } = [];

    /// <summary>A label selector.</summary>
    [Parameter(ParameterSetName = PathSet)]
    public string? LabelSelector { get; set; }

    /// <summary>Everything in the namespaces, and the namespaces themselves.</summary>
    [Parameter(ParameterSetName = PathSet)]
    public SwitchParameter All { get; set; }

    /// <summary>The namespace in which the objects are restored.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string? ToNamespace { get; set; }

    /// <summary>Replaces live objects.</summary>
    [Parameter]
    public SwitchParameter Replace { get; set; }

    /// <summary>The file with the keys of encryption at rest.</summary>
    [Parameter, FilePath]
    public string? EncryptionConfigurationFile { get; set; }

    /// <summary>Accepts a snapshot that is not proven.</summary>
    [Parameter]
    public SwitchParameter SkipHashCheck { get; set; }

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool GathersInput => true;

    /// <inheritdoc/>
    protected override Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        // An object that was added after the snapshot is not in it.
        _objects.AddRange(InputObject?.OfType<EtcdSnapshotObject>() ?? []);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        if (ParameterSetName == PathSet) await FindAsync(cancellationToken).ConfigureAwait(false);
        if (_objects.Count == 0) return;
        var restore = new ObjectRestore
        {
            Client = await ClientAsync(cancellationToken).ConfigureAwait(false),
            ToNamespace = ToNamespace,
            Replace = Replace,
            SkipHashCheck = SkipHashCheck,
            EncryptionConfigurationFile = EncryptionConfigurationFile,
        };
        foreach (var snapshot in _objects.GroupBy(found => found.Path)) await restore.RunAsync(snapshot.Key, [.. snapshot], sink, cancellationToken).ConfigureAwait(false);
    }

    private async Task FindAsync(CancellationToken cancellationToken)
    {
        if (Kind.Length + Name.Length == 0 && LabelSelector is null && !All)
        {
            throw new ClusterHealException(
                ErrorIds.ObjectsNotNamed, FaultCategory.InvalidArgument, "It is not said which objects should be restored. Nothing was done.", Path,
                "Name them with -Kind, -Name or -LabelSelector, or add -All for all objects of the namespaces in -Namespace.");
        }

        var found = await new SnapshotObjectQuery { Filter = this.Filter(), EncryptionConfigurationFile = EncryptionConfigurationFile }.ListAsync(Path, cancellationToken).ConfigureAwait(false);
        _objects.AddRange(found.Where(each => Kind.Length > 0 || each.Resource is not ("events" or "leases")));
        string[] namespaces = [.. Namespace.Where(name => name.Length > 0)];
        if (!All || namespaces.Length == 0) return;
        var themselves = new SnapshotObjectQuery { Filter = new ObjectFilter { Kind = ["namespaces"], Name = namespaces } };
        _objects.AddRange(await themselves.ListAsync(Path, cancellationToken).ConfigureAwait(false));
    }
}
