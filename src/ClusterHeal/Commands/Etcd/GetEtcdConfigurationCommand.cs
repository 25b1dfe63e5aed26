using System.Management.Automation;
using ClusterHeal.Cmdlets;
using ClusterHeal.Completion;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Configuration;
using ClusterHeal.Parameters;

namespace ClusterHeal.Commands.Etcd;

/// <summary>Reads how an etcd member is set up, in any form: from a file, or from a host.</summary>
[Cmdlet(VerbsCommon.Get, "EtcdConfiguration", DefaultParameterSetName = HostSet)]
[OutputType(typeof(EtcdConfiguration))]
public sealed class GetEtcdConfigurationCommand : SshCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string HostSet = "Host";
    private const string ObjectSet = "InputObject";
    private const string ClusterSet = "Cluster";
    private InputFiles? _files;

    /// <summary>The files. Wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty, NoRecord]
    public string[] Path { get; set; } = [];

    /// <summary>The files, without wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>A file of Get-ChildItem. Wildcards in its name have no meaning.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ObjectSet, ValueFromPipeline = true, DontShow = true)]
    [ValidateNotNull]
    public FileInfo? InputObject { get; set; }

    /// <summary>The hosts with etcd; without any, those of the connection.</summary>
    [Parameter(ParameterSetName = HostSet, ValueFromPipelineByPropertyName = true)]
    [Alias("ComputerName", "NodeName")]
    [ValidateNotNullOrEmpty, NameList]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[] HostName { get; set; } = [];

    /// <summary>A connection of Connect-Cluster; its hosts are used.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ClusterSet, ValueFromPipeline = true), Connection]
    [ValidateNotNull]
    public override ClusterConnection? Cluster { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // PowerShell's drives and location belong to the pipeline thread.
        _files = new InputFiles(SessionState, Path, InputObject is null ? LiteralPath : [InputObject.FullName]);
        base.ProcessRecord();
    }

    /// <inheritdoc/>
    protected override async Task ProcessAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        await _files!.ForEachAsync(
            async file => Emit(await EtcdConfigurationReader.Local.ReadAsync(file, cancellationToken).ConfigureAwait(false), sink), sink, cancellationToken).ConfigureAwait(false);
        if (ParameterSetName is not (HostSet or ClusterSet)) return;
        foreach (var host in HostsOrConnected(HostName).Select(ConnectionTo)) Emit(await ReadAsync(host, cancellationToken).ConfigureAwait(false), sink);
    }

    private async Task<EtcdConfiguration> ReadAsync(HostConnection host, CancellationToken cancellationToken)
    {
        var shell = Shells.Open(host);
        await using (shell.ConfigureAwait(false)) return await EtcdHost.ReadConfigurationAsync(shell, host, cancellationToken).ConfigureAwait(false);
    }

    private static void Emit(EtcdConfiguration configuration, IOperationSink sink)
    {
        foreach (var note in configuration.Notes.Concat(configuration.Difference)) sink.Warning(note);
        sink.Emit(configuration);
    }
}
