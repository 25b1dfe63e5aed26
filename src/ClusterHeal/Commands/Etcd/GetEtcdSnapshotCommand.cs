using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Shows what is in a snapshot file of etcd.</summary>
[Cmdlet(VerbsCommon.Get, "EtcdSnapshot", DefaultParameterSetName = PathSet)]
[OutputType(typeof(EtcdSnapshot))]
public sealed class GetEtcdSnapshotCommand : FileCmdlet
{
    /// <inheritdoc/>
    protected override bool IsPassedOver(string path) => SnapshotFolder.IsCompanion(path);

    /// <inheritdoc/>
    protected override Task ProcessFileAsync(string path, IOperationSink sink, CancellationToken cancellationToken) =>
        SnapshotInspector.InspectAsync(path, sink, cancellationToken);
}
