using System.Diagnostics;
using ClusterHeal.Operations.Restores;
using ClusterHeal.Practice.Hosts.Recipes;
using ClusterHeal.Practice.Pki;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Restores;

/// <summary>
/// A restore stops nothing that it cannot talk to. In each case a question of its survey fails, on a cluster that is healthy or nearly so: it is
/// refused, and no process was stopped, no data moved. Every sixth case always, all with <c>CLUSTERHEAL_TEST_ALL</c>.
/// </summary>
public sealed class RestoreRefusalTests(ITestOutputHelper output)
{
    private const string Pki = "/etc/etcd/pki";
    private const string Mend = "cp /root/etcd.conf /etc/etcd/; systemctl restart etcd";
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly (string Fault, string Inject, string Mend, string Says)[] Cases =
    [
        ("server TLS without a CA in the settings",
            Edit("sed -i '/^ETCD_TRUSTED_CA_FILE/d; /^ETCD_CLIENT_CERT_AUTH/d' /etc/etcd/etcd.conf"), Mend, "is not trusted by the authorities of this machine"),
        ("a CA that is another's", $"cp {Pki}/ca.crt /root/; cp /root/other-ca.crt {Pki}/ca.crt", $"cp /root/ca.crt {Pki}/", "is not trusted by"),
        ("an expired certificate",
            $"cp {Pki}/server.* /root/; cp /root/expired.crt {Pki}/server.crt; cp /root/expired.key {Pki}/server.key", $"cp /root/server.* {Pki}/", "expired on"),
        ("an expired client certificate",
            Edit("printf 'ETCD_CLIENT_CERT_FILE=/root/expired.crt\nETCD_CLIENT_KEY_FILE=/root/expired.key\n' >> /etc/etcd/etcd.conf"), Mend,
            "does not accept the client certificate"),
        ("a key that is not there", $"mv {Pki}/server.key /root/", $"mv /root/server.key {Pki}/", "server.key' is not on m1"),
        ("no curl", "mv /usr/bin/curl /usr/bin/curl.away", "mv /usr/bin/curl.away /usr/bin/curl", "there is no curl on this host"),
        ("a firewall that drops", "kill -STOP $(pidof etcd)", "kill -CONT $(pidof etcd)", "is not dead: its process"),
        ("a port that refuses, of a member that runs",
            Edit("sed -i '/^ETCD_ADVERTISE_CLIENT_URLS/s/:2379/:2399/' /etc/etcd/etcd.conf"), Mend, "is not dead: its process"),
        ("settings of another data directory",
            "cp /etc/etcd/etcd.conf /root/; mkdir -p /var/lib/other; sed -i 's#/var/lib/etcd#/var/lib/other#' /etc/etcd/etcd.conf", "cp /root/etcd.conf /etc/etcd/",
            "does not run as its files say"),
        ("a log inside the member's folder",
            "systemctl stop etcd; mv /var/lib/etcd/member/wal /var/lib/etcd/member/log; " + Edit("echo 'ETCD_WAL_DIR=/var/lib/etcd/member/log' >> /etc/etcd/etcd.conf"),
            "systemctl stop etcd; mv /var/lib/etcd/member/log /var/lib/etcd/member/wal; " + Mend, "lie one in the other"),
        ("a member's folder that is a mount",
            "mkdir -p /mnt/m && mount --bind /var/lib/etcd/member /var/lib/etcd/member", "umount /var/lib/etcd/member", "is a filesystem of its own"),
        ("a peer that cannot be asked", "ip route add blackhole $(getent ahostsv4 m2 | head -n 1 | cut -d ' ' -f 1)/32",
            "ip route delete blackhole $(getent ahostsv4 m2 | head -n 1 | cut -d ' ' -f 1)/32", "does not answer it as a peer"),
    ];

    [Fact]
    public async Task What_the_survey_cannot_ask_is_a_refusal_before_anything_is_stopped()
    {
        await using var cluster = await RestoreCluster.StartAsync(EtcdForm.SystemdUnit, Stop);
        var victim = cluster.Hosts["m1"];
        using var other = CertificateAuthority.Create("etcd-ca");
        victim.Disk.Write("/root/other-ca.crt", other.CertificatePem);
        var expired = cluster.Issue("m1", ["m1", victim.Address, "127.0.0.1"], DateTimeOffset.UtcNow.AddDays(-1));
        victim.Disk.Write("/root/expired.crt", expired.CertificatePem);
        victim.Disk.WritePrivate("/root/expired.key", expired.KeyPem);
        await HostsFileAsync(cluster);
        await victim.AddUserAsync("ada", Stop);
        output.WriteLine("| case | what the restore says | seconds until then | outage |\n|---|---|---|---|");
        var wrong = new List<string>();
        foreach (var (fault, inject, mend, says) in Cases.Where((_, index) => LongTests.AreWanted || index % 6 == 0))
        {
            (await victim.RunAsync(Stop, "sh", "-ec", inject)).Expect();
            var before = await ProcessesAsync(cluster);
            var (said, seconds) = await RefusalAsync(cluster);
            if (await ProcessesAsync(cluster) != before) wrong.Add($"{fault}: something was stopped");
            (await victim.RunAsync(Stop, "sh", "-ec", mend)).Expect();
            Row(fault, said, seconds);
            if (said?.Contains(says, StringComparison.Ordinal) != true) wrong.Add($"{fault}: {said ?? "it was restored"}");
            if (!await DataAreAsTheyWereAsync(cluster)) wrong.Add($"{fault}: data were moved");
        }

        var (unread, took) = await RefusalAsync(cluster, request => request with
        {
            OpenShell = host => HostLab.Shells.Open(host.HostName == victim.Name ? host with { UserName = "ada" } : host),
        });
        Row("a login that may read no key", unread, took);
        if (unread?.Contains("m1: the login is not root's", StringComparison.Ordinal) != true) wrong.Add($"a login that may read no key: {unread ?? "it was restored"}");

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal("old", await cluster.SettledStateAsync(TimeSpan.FromMinutes(1), Stop));
        if (LongTests.AreWanted) await RestoreBehindProxiesAsync(cluster);
    }

    /// <summary>The one case that is none: a proxy, wherever one is named on the hosts, is no way to a member.</summary>
    private async Task RestoreBehindProxiesAsync(RestoreCluster cluster)
    {
        const string Name = "printf 'proxy = http://127.0.0.1:9\n' > /root/.curlrc; printf 'HTTPS_PROXY=http://127.0.0.1:9\nhttps_proxy=http://127.0.0.1:9\n' >> /etc/environment";
        foreach (var host in cluster.Hosts.Hosts) (await host.RunAsync(Stop, "sh", "-c", Name)).Expect();
        var start = Stopwatch.GetTimestamp();
        var report = await cluster.ExpectRestoredAsync(Stop);
        var down = TimeSpan.FromTicks(report.Steps.SkipWhile(step => step.Name != "Stop the control plane").Sum(step => step.Duration.Ticks));
        output.WriteLine($"| a proxy that is dead | it is restored | {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} | {down.TotalSeconds:0.0} s |");
        Assert.Equal("new", await cluster.SettledStateAsync(TimeSpan.FromMinutes(1), Stop));
    }

    [Fact]
    public async Task A_login_that_nobody_gave_is_a_refusal_before_anything_is_stopped()
    {
        LongTests.SkipUnlessWanted();
        await using var cluster = await RestoreCluster.StartAsync(EtcdForm.SystemdUnit, Stop);
        var before = await ProcessesAsync(cluster);
        foreach (var command in new[] { "user add root --new-user-password=x", "user grant-role root root", "auth enable" })
        {
            (await cluster.EtcdCtlAsync(Stop, command.Split(' '))).Expect();
        }

        var (said, seconds) = await RefusalAsync(cluster);

        Row("auth on", said, seconds);
        Assert.Contains("nothing is stopped without that", said, StringComparison.Ordinal);
        Assert.Contains("does not know the user", said, StringComparison.Ordinal);

        // Now the snapshot has it, and the cluster has not.
        (await cluster.EtcdCtlAsync(Stop, "--user=root:x", "snapshot", "save", "/root/auth.db")).Expect();
        (await cluster.EtcdCtlAsync(Stop, "--user=root:x", "auth", "disable")).Expect();
        var (saidOfSnapshot, took) = await RefusalAsync(
            cluster, request => request with { SnapshotPath = cluster.Hosts["m0"].Disk.PathOf("/root/auth.db") });
        Row("auth on in the snapshot alone", saidOfSnapshot, took);
        Assert.Contains("has authentication on, so an etcd on its data could not be proven", saidOfSnapshot, StringComparison.Ordinal);
        Assert.Equal(before, await ProcessesAsync(cluster));
        Assert.True(await DataAreAsTheyWereAsync(cluster));
    }

    /// <summary>The dead member's own certificates and the quorum that is lost are no reason to refuse: that is what restores are for.</summary>
    [Fact]
    public async Task Members_that_are_proven_dead_are_restored()
    {
        LongTests.SkipUnlessWanted();
        await using var cluster = await RestoreCluster.StartAsync(EtcdForm.SystemdUnit, Stop);
        foreach (var host in cluster.Hosts.Hosts.Skip(1))
        {
            (await host.RunAsync(Stop, "sh", "-c", "systemctl stop etcd; rm -rf /var/lib/etcd/member/wal/* /var/lib/etcd/member/snap/*; systemctl start --no-block etcd")).Expect();
        }

        foreach (var host in cluster.Hosts.Hosts.Take(1)) (await host.RunAsync(Stop, "systemctl", "stop", "etcd")).Expect();
        (await cluster.Hosts["m1"].RunAsync(Stop, "systemctl", "stop", "etcd")).Expect();
        (await cluster.Hosts["m2"].RunAsync(Stop, "systemctl", "stop", "etcd")).Expect();

        // The settings of a member name those that there were when it was made; the snapshot knows of the one that came later.
        foreach (var name in new[] { "m0", "m1" })
        {
            (await cluster.Hosts[name].RunAsync(Stop, "sed", "-i", "/^ETCD_INITIAL_CLUSTER=/s/,m2=[^\"]*//", "/etc/etcd/etcd.conf")).Expect();
        }

        var (said, _) = await RefusalAsync(cluster, null, "m0", "m1");
        Assert.Contains("The member 'm2'", said, StringComparison.Ordinal);
        Assert.True(await DataAreAsTheyWereAsync(cluster));

        var report = await cluster.ExpectRestoredAsync(Stop);

        Assert.Null(report.LastSnapshotPath);
        Assert.Equal("new", await cluster.SettledStateAsync(TimeSpan.FromMinutes(1), Stop));
    }

    private static string Edit(string how) => $"cp /etc/etcd/etcd.conf /root/; {how}; systemctl restart etcd";

    // Nothing was stopped, as the tests compare, so there was no outage.
    private void Row(string fault, string? said, double seconds) => output.WriteLine($"| {fault} | {said} | {seconds:0.0} | 0 s |");

    private static async Task<(string? Said, double Seconds)> RefusalAsync(
        RestoreCluster cluster, Func<ClusterRestoreRequest, ClusterRestoreRequest>? change = null, params string[] only)
    {
        var start = Stopwatch.GetTimestamp();
        await using var restore = cluster.Restore(change, only);
        try
        {
            await restore.RunAsync(new RecordingSink(), Stop);
            return (null, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        catch (ClusterHealException fault)
        {
            return ($"{fault.ErrorId}: {fault.Message}", Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
    }

    private static async Task<string> ProcessesAsync(RestoreCluster cluster) => string.Join('\n', await Task.WhenAll(cluster.Hosts.Hosts.Select(async host =>
        (await host.RunAsync(Stop, "systemctl", "show", "-p", "MainPID", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")).Output)));

    private static async Task<bool> DataAreAsTheyWereAsync(RestoreCluster cluster)
    {
        foreach (var host in cluster.Hosts.Hosts)
        {
            if (await RestoreCluster.DataFoldersAsync(host, Stop) is not ["/var/lib/etcd/member"]) return false;
        }

        return true;
    }

    private static async Task HostsFileAsync(RestoreCluster cluster)
    {
        var lines = string.Concat(cluster.Hosts.Hosts.Select(host => $"{host.Address} {host.Name}\n"));
        foreach (var host in cluster.Hosts.Hosts) (await host.RunAsync(Stop, "sh", "-c", $"printf '{lines}' >> /etc/hosts")).Expect();
    }
}
