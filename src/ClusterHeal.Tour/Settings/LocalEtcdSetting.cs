using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Tour.Settings;

/// <summary>Three etcd members on this machine, with TLS and the objects of a real small Kubernetes cluster.</summary>
internal sealed class LocalEtcdSetting : ITourSetting
{
    private readonly LocalEtcd _etcd;

    private LocalEtcdSetting(LocalEtcd etcd) => _etcd = etcd;

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Facts =>
        new Dictionary<string, IReadOnlyList<string>> { ["Endpoint"] = _etcd.Endpoints };

    public IReadOnlyList<string> ProgramFolders => [Path.GetDirectoryName(_etcd.Programs.Utl!)!];

    /// <summary>Restores the snapshot that is built into this program, for each member by etcd's own tool, and starts the members.</summary>
    public static async Task<ITourSetting> PrepareAsync(string folder, TourCluster cluster, CancellationToken cancellationToken)
    {
        var snapshot = await TourFiles.LayAsync("kubernetes.db", folder, cancellationToken);
        var etcd = await LocalEtcd.PrepareAsync(new LocalEtcdOptions { Members = 3, NamePrefix = "infra", Tls = true }, cancellationToken);
        try
        {
            var members = string.Join(',', etcd.Members.Select(member => $"{member.Name}={member.PeerUrl}"));
            foreach (var member in etcd.Members)
            {
                var restored = await etcd.EtcdUtlAsync(
                    cancellationToken, "snapshot", "restore", snapshot, $"--name={member.Name}", $"--data-dir={member.DataFolder}",
                    $"--initial-cluster={members}", $"--initial-advertise-peer-urls={member.PeerUrl}");
                restored.Expect();
            }

            File.Delete(snapshot);
            await etcd.StartMembersAsync(cancellationToken);
            foreach (var file in new[] { etcd.CaFile, etcd.CertFile, etcd.KeyFile }) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            return new LocalEtcdSetting(etcd);
        }
        catch
        {
            await etcd.DisposeAsync();
            throw;
        }
    }

    public Task ActAsync(string action, CancellationToken cancellationToken) => throw TourFailedException.Unknown(action);

    public ValueTask DisposeAsync() => _etcd.DisposeAsync();
}
