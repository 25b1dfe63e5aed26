using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;

namespace ClusterHeal.Tests.Module;

/// <summary>Three practice hosts with a real etcd as units, and a snapshot of it, started by the first file that needs them.</summary>
public sealed class RealHosts : IAsyncDisposable
{
    // The first host stops its etcd slowly where a test says so, and says when it has begun.
    private const string SlowStop = """
        [Service]
        ExecStop=/bin/sh -c 'if [ -e /var/lib/slow ]; then touch /var/lib/stopping; sleep 5; fi'

        """;

    private PracticeEtcd? _etcd;
    private PracticeHosts? _hosts;

    /// <summary>Starts them. The etcd had the key <c>kept</c> when the snapshot was taken, and has the key <c>later</c> now.</summary>
    /// <returns>How to reach them, as environment variables; none where this machine cannot have such hosts.</returns>
    public async Task<Dictionary<string, string?>> StartAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return [];
        _hosts ??= await BootAsync(cancellationToken);
        return new Dictionary<string, string?>
        {
            ["CLUSTERHEAL_TEST_HOSTS"] = string.Join(',', _hosts.Hosts.Select(host => host.Address)),
            ["CLUSTERHEAL_TEST_SSH_KEY"] = _hosts.KeyFile,
            ["CLUSTERHEAL_TEST_KNOWN_HOSTS"] = _hosts.KnownHostsFile,
            ["CLUSTERHEAL_TEST_SNAPSHOT"] = Snapshot(_hosts),
            ["CLUSTERHEAL_TEST_HOST_DISK"] = _hosts["m0"].Disk.PathOf("/"),
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_hosts is not null) await _hosts.DisposeAsync();
        _etcd?.Dispose();
    }

    private static string Snapshot(PracticeHosts hosts) => Path.Combine(hosts.Folder, "kept.db");

    private async Task<PracticeHosts> BootAsync(CancellationToken cancellationToken)
    {
        var etcd = _etcd = new PracticeEtcd(await EtcdPrograms.GetAsync(EtcdRelease.V35, cancellationToken));
        var hosts = await PracticeHosts.StartAsync(["m0", "m1", "m2"], cancellationToken, Install, sharedFiles: etcd.SharedFiles);
        await etcd.WaitUntilHealthyAsync(cancellationToken);
        var first = hosts["m0"];
        (await etcd.EtcdCtlAsync(first, cancellationToken, "put", "kept", "yes")).Expect();
        (await etcd.EtcdCtlAsync(first, cancellationToken, "snapshot", "save", "/root/kept.db")).Expect();
        File.Copy(first.Disk.PathOf("/root/kept.db"), Snapshot(hosts));
        (await etcd.EtcdCtlAsync(first, cancellationToken, "del", "kept")).Expect();
        (await etcd.EtcdCtlAsync(first, cancellationToken, "put", "later", "yes")).Expect();
        return hosts;

        void Install(PracticeHosts all)
        {
            etcd.Install(all);
            all["m0"].Disk.Write("/etc/systemd/system/etcd.service.d/slow.conf", SlowStop);
            // What the member of a host has by itself, for the tests to ask by ssh.
            var folder = etcd.CertificateFolder;
            foreach (var host in all.Hosts)
            {
                // As kubeadm leaves it.
                host.Disk.WritePrivate($"{folder}/ca.key", etcd.Authority.KeyPem);
                host.Disk.WriteExecutable("/usr/local/bin/keys", $"""
                    #!/bin/sh
                    ETCDCTL_API=3 exec etcdctl --endpoints=https://127.0.0.1:2379 --cacert={folder}/ca.crt --cert={folder}/healthcheck-client.crt \
                      --key={folder}/healthcheck-client.key --command-timeout=20s get '' --prefix --keys-only

                    """);
            }
        }
    }
}
