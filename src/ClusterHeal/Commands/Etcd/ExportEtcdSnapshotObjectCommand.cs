using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Internal;
using ClusterHeal.Operations;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Writes objects of a snapshot as manifests, a file each.</summary>
[Cmdlet(VerbsData.Export, "EtcdSnapshotObject", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(EtcdSnapshotObjectFile))]
public sealed class ExportEtcdSnapshotObjectCommand : KubernetesCmdlet
{
    private readonly Dictionary<string, List<EtcdSnapshotObject>> _objects = [];

    /// <summary>The objects.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public EtcdSnapshotObject[] InputObject { get; set; } = [];

    /// <summary>The folder.</summary>
    [Parameter(Mandatory = true, Position = 0), FilePath]
    public string Destination { get; set; } = "";

    /// <summary>YAML or JSON.</summary>
    [Parameter]
    public ManifestFormat Format { get; set; }

    /// <summary>Replaces existing files.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The file with the keys of encryption at rest.</summary>
    [Parameter, FilePath]
    public string? EncryptionConfigurationFile { get; set; }

    /// <inheritdoc/>
    protected override Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        foreach (var found in InputObject)
        {
            if (!_objects.TryGetValue(found.Path, out var objects)) _objects[found.Path] = objects = [];
            objects.Add(found);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task EndAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        // If nobody named a server, no stored Secret is sent to one, such as that of the current kubeconfig.
        var isNamed = Kubeconfig.Length > 0 || Context is not null || Cluster is not null || ClusterSession.Current.Connection is { Server: not null };
        var export = new SnapshotObjectExport
        {
            Destination = Destination,
            Format = Format,
            Force = Force,
            EncryptionConfigurationFile = EncryptionConfigurationFile,
            Client = isNamed ? await ClientAsync(cancellationToken).ConfigureAwait(false) : null,
        };
        foreach (var (path, objects) in _objects) await export.RunAsync(path, objects, sink, cancellationToken).ConfigureAwait(false);
    }
}
