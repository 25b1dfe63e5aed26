using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Peers;

namespace ClusterHeal.Tests.Module;

/// <summary>
/// A whole practice cluster whose masters let an administrator in by a password, and a user's <c>~/.ssh</c> by whose configuration they are reached
/// through a worker. Started by the first file that needs it.
/// </summary>
public sealed class SshCluster : IAsyncDisposable
{
    private const string UserName = "admin";
    private const string Password = "c0rrect horse'$(x)";
    private PracticeCluster? _cluster;

    /// <summary>Starts it.</summary>
    /// <returns>How to reach it, as environment variables; none where this machine cannot have such hosts.</returns>
    public async Task<Dictionary<string, string?>> StartAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return [];
        _cluster ??= await BootAsync(cancellationToken);
        var kubectl = await new PeerCache().GetAsync(PeerSet.Kubectl, cancellationToken);
        return new Dictionary<string, string?>
        {
            ["CLUSTERHEAL_TEST_MASTERS"] = string.Join(',', _cluster.Masters.Select(host => host.Address)),
            ["CLUSTERHEAL_TEST_JUMP"] = _cluster.Workers[0].Address,
            ["CLUSTERHEAL_TEST_KUBECONFIG"] = _cluster.KubeconfigFile,
            ["CLUSTERHEAL_TEST_KNOWN_HOSTS"] = _cluster.Hosts.KnownHostsFile,
            ["CLUSTERHEAL_TEST_SSH_KEY"] = _cluster.Hosts.KeyFile,
            ["CLUSTERHEAL_TEST_SSH_FOLDER"] = SshFolder(_cluster),
            ["CLUSTERHEAL_TEST_USER"] = UserName,
            ["CLUSTERHEAL_TEST_KUBECTL"] = Path.Combine(kubectl.Bin, "kubectl"),
            ["CLUSTERHEAL_TEST_PASSWORD"] = Password,
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    private static string SshFolder(PracticeCluster cluster) => Path.Combine(cluster.Hosts.Folder, "user.ssh");

    private static async Task<PracticeCluster> BootAsync(CancellationToken cancellationToken)
    {
        var cluster = await PracticeCluster.StartAsync(new PracticeClusterOptions { Workers = ["kubew01"] }, cancellationToken);
        foreach (var host in cluster.Masters)
        {
            await host.AddUserAsync(UserName, cancellationToken, password: Password, sudoers: "ALL=(ALL) ALL");
            host.Disk.Write("/etc/ssh/sshd_config.d/00-password.conf", "PasswordAuthentication yes\n");
            (await host.RunAsync(cancellationToken, "systemctl", "restart", "ssh")).Expect();
        }

        var folder = Directory.CreateDirectory(SshFolder(cluster)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "config"), $"""
            Host jump
              HostName {cluster.Workers[0].Address}
            Host {string.Join(' ', cluster.Masters.Select(host => host.Address))}
              ProxyJump jump
            Host *
              User root

            """, cancellationToken);
        File.Copy(cluster.Hosts.KnownHostsFile, Path.Combine(folder, "known_hosts"));
        File.Copy(cluster.Hosts.KeyFile, Path.Combine(folder, "id_ecdsa"));
        return cluster;
    }
}
