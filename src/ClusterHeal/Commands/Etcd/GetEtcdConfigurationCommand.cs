using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Etcd.Configuration;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Reads how an etcd member is set up, in whatever form it is written.</summary>
[Cmdlet(VerbsCommon.Get, "EtcdConfiguration", DefaultParameterSetName = PathSet)]
[OutputType(typeof(EtcdConfiguration))]
public sealed class GetEtcdConfigurationCommand : FileCmdlet
{
    /// <inheritdoc/>
    protected override async Task ProcessFileAsync(string path, IOperationSink sink, CancellationToken cancellationToken)
    {
        var configuration = await EtcdConfigurationReader.Local.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        foreach (var note in configuration.Notes) sink.Warning(note);
        sink.Emit(configuration);
    }
}
