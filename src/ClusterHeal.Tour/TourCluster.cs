using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Peers;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tour;

/// <summary>The practice cluster that some scenes share: it starts when the first of them asks for it, and ends with the tour.</summary>
internal sealed class TourCluster : IAsyncDisposable
{
    private PracticeCluster? _cluster;

    /// <summary>The cluster, which is started by the first call.</summary>
    public async Task<PracticeCluster> GetAsync(CancellationToken cancellationToken) =>
        _cluster ??= await PracticeCluster.StartAsync(new PracticeClusterOptions(), cancellationToken);

    /// <summary>Runs the real kubectl on the cluster.</summary>
    /// <param name="folder">Where it looks for files.</param>
    /// <param name="arguments">Its arguments, separated by blanks.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ToolResult> KubectlAsync(string folder, string arguments, CancellationToken cancellationToken)
    {
        var kubectl = Path.Combine((await new PeerCache().GetAsync(PeerSet.Kubectl, cancellationToken)).Bin, "kubectl");
        var environment = new Dictionary<string, string?> { ["KUBECONFIG"] = (await GetAsync(cancellationToken)).KubeconfigFile };
        return await Tool.RunAsync(kubectl, arguments.Split(' '), cancellationToken, environment, folder);
    }

    /// <summary>Says how to reach the cluster from pwsh, and keeps it until cancelled.</summary>
    public async Task KeepAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var cluster = await GetAsync(cancellationToken);
        var folder = cluster.Hosts.Folder;
        await output.WriteLineAsync($$"""

            The cluster stays up until Ctrl+C. From pwsh, as root on this machine:

              Import-Module ./out/ClusterHeal
              $login = @{ UserName = 'root'; KeyFilePath = '{{cluster.Hosts.KeyFile}}'; SshOption = @{ UserKnownHostsFile = '{{cluster.Hosts.KnownHostsFile}}' } }
              $etcd = @{ Endpoint = '{{string.Join("', '", cluster.Etcd.Endpoints)}}'
                         CaFile = '{{cluster.EtcdClient.CaFile}}'; CertFile = '{{cluster.EtcdClient.CertFile}}'; KeyFile = '{{cluster.EtcdClient.KeyFile}}' }
              Connect-Cluster -Kubeconfig {{cluster.KubeconfigFile}} -HostName {{string.Join(", ", cluster.Masters.Select(host => host.Address))}} @login @etcd

            Its hosts by ssh -F {{cluster.Hosts.SshConfigFile}}: {{string.Join(", ", cluster.Hosts.Hosts)}}. Other files are in {{folder}}.
            """);
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    /// <summary>Ends the cluster if there is one.</summary>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _cluster, null)?.DisposeAsync() ?? ValueTask.CompletedTask;
}
