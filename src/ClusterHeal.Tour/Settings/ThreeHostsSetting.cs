using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;

namespace ClusterHeal.Tour.Settings;

/// <summary>Three practice hosts with an etcd member each, as units.</summary>
internal sealed class ThreeHostsSetting : ITourSetting
{
    private static readonly string[] Names = ["kubem00", "kubem01", "kubem02"];
    private readonly PracticeEtcd _etcd;
    private readonly PracticeHosts _hosts;
    private readonly string _folder;
    private Task _powerOff = Task.CompletedTask;

    private ThreeHostsSetting(PracticeEtcd etcd, PracticeHosts hosts, string folder) => (_etcd, _hosts, _folder) = (etcd, hosts, folder);

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Facts =>
        new Dictionary<string, IReadOnlyList<string>> { ["HostName"] = [.. _hosts.Hosts.Select(host => host.Address)] };

    public IReadOnlyList<string> ProgramFolders => [];

    public static async Task<ITourSetting> PrepareAsync(string folder, TourCluster cluster, CancellationToken cancellationToken)
    {
        var etcd = new PracticeEtcd(await EtcdPrograms.GetAsync(EtcdRelease.V35, cancellationToken));
        var hosts = await PracticeHosts.StartAsync(Names, cancellationToken, made => Install(etcd, made), sharedFiles: etcd.SharedFiles);
        var setting = new ThreeHostsSetting(etcd, hosts, folder);
        try
        {
            await etcd.WaitUntilHealthyAsync(cancellationToken);
            TourLogin.Lay(hosts, folder);
            return setting;
        }
        catch
        {
            await setting.DisposeAsync();
            throw;
        }
    }

    public async Task ActAsync(string action, CancellationToken cancellationToken)
    {
        switch (action.Split(' '))
        {
            case ["lose-power", var host, "when", "etcd", "stops"]:
                _powerOff = LosePowerAsync(_hosts[host], cancellationToken);
                break;
            case ["power-on", var host]:
                // The operation has ended, so the journal has named the step, and this ends.
                await _powerOff;
                await _hosts[host].PowerOnAsync(cancellationToken);
                await _etcd.WaitUntilHealthyAsync(cancellationToken);
                break;
            default:
                throw TourFailedException.Unknown(action);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _hosts.DisposeAsync();
        _etcd.Dispose();
    }

    private static void Install(PracticeEtcd etcd, PracticeHosts hosts)
    {
        etcd.Install(hosts);
        foreach (var host in hosts.Hosts) host.Disk.WriteExecutable("/usr/local/bin/etcdctl", Etcdctl(etcd.CertificateFolder));
    }

    /// <summary>An etcdctl that knows the member of its host, as administrators have it as an alias.</summary>
    private static string Etcdctl(string certificates) => $"""
        #!/bin/sh
        ETCDCTL_API=3 exec /usr/bin/etcdctl --endpoints=https://127.0.0.1:2379 --cacert={certificates}/ca.crt \
            --cert={certificates}/healthcheck-client.crt --key={certificates}/healthcheck-client.key "$@"

        """;

    /// <summary>The journal of the user's machine names each step before it is taken.</summary>
    private async Task LosePowerAsync(PracticeHost host, CancellationToken cancellationToken)
    {
        var before = StopsOfEtcd();
        while (StopsOfEtcd() == before) await Task.Delay(50, cancellationToken);
        await host.PowerOffAsync(cancellationToken);
    }

    private int StopsOfEtcd()
    {
        var journal = Path.Combine(_folder, "clusterheal", "journal.jsonl");
        return File.Exists(journal) ? File.ReadAllText(journal).Split("\"stop etcd\"").Length - 1 : 0;
    }
}
