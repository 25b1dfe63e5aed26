using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Peers;

namespace ClusterHeal.Tour.Settings;

/// <summary>The whole practice cluster that some chapters share, and the manifests of nginx.</summary>
internal sealed class ClusterSetting : ITourSetting
{
    private const string Budget = """
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata:
          name: nginx
        spec:
          minAvailable: 3
          selector:
            matchLabels:
              run: nginx

        """;

    private readonly TourCluster _shared;
    private readonly PracticeCluster _cluster;
    private readonly string _kubectlFolder;

    private ClusterSetting(TourCluster shared, PracticeCluster cluster, string kubectlFolder) =>
        (_shared, _cluster, _kubectlFolder) = (shared, cluster, kubectlFolder);

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Facts => new Dictionary<string, IReadOnlyList<string>>
    {
        ["HostName"] = [.. _cluster.Masters.Select(host => host.Address)],
        ["Worker"] = [.. _cluster.Workers.Select(host => host.Address)],
    };

    public IReadOnlyList<string> ProgramFolders => [_kubectlFolder];

    /// <summary>Boots the cluster if no chapter has booted it, and writes the files of its user.</summary>
    public static async Task<ITourSetting> PrepareAsync(string folder, TourCluster shared, CancellationToken cancellationToken)
    {
        var cluster = await shared.GetAsync(cancellationToken);
        File.Copy(cluster.KubeconfigFile, Path.Combine(folder, "admin.conf"));
        TourLogin.Lay(cluster.Hosts, folder);
        foreach (var name in new[] { "nginx-deploy.yaml", "nginx-svc.yaml" }) await TourFiles.LayAsync($"samples/{name}", folder, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "budget.yaml"), Budget, cancellationToken);
        return new ClusterSetting(shared, cluster, (await new PeerCache().GetAsync(PeerSet.Kubectl, cancellationToken)).Bin);
    }

    public Task ActAsync(string action, CancellationToken cancellationToken) => throw TourFailedException.Unknown(action);

    /// <summary>Removes nginx, so that the next chapter finds the cluster as this one did.</summary>
    public async ValueTask DisposeAsync()
    {
        const string Remove = "delete deployment,service,poddisruptionbudget,configmap nginx --ignore-not-found --cascade=foreground --timeout=180s";
        await _shared.KubectlAsync(_cluster.Hosts.Folder, Remove, CancellationToken.None);
    }
}
