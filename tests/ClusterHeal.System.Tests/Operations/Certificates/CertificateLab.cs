using ClusterHeal.Operations.Certificates;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;
using ClusterHeal.Practice.Processes;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Certificates;

/// <summary>A practice cluster whose authorities have their keys on the control-plane hosts, as kubeadm leaves them.</summary>
internal sealed class CertificateLab(PracticeCluster cluster) : IAsyncDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public PracticeCluster Cluster => cluster;

    public PracticeHosts Hosts => cluster.Hosts;

    private string HostList => string.Join(',', cluster.Masters.Select(host => $"{host.Name}={host.Address}"));

    public static async Task<CertificateLab> StartAsync(EtcdForm form, int masters, string? assets = null)
    {
        string[] names = ["kubem00", "kubem01", "kubem02"];
        var options = new PracticeClusterOptions
        {
            Form = form, Masters = names[..masters], Workers = [], KubernetesAssets = assets, AuthorityKeysOnHosts = true,
        };
        return new CertificateLab(await PracticeCluster.StartAsync(options, Stop));
    }

    /// <summary>All certificates of the control plane have ended days ago, and everything was started with them since.</summary>
    public async Task ExpireAsync()
    {
        cluster.ReissueCertificates(TimeProvider.System.GetUtcNow().AddDays(-3));
        await Task.WhenAll(cluster.Masters.Select(RestartAllAsync));
        foreach (var host in cluster.Masters) Assert.NotEqual("200", await AskApiAsync(host));
    }

    public CertificateRenewalRequest Request() => RenewalOperator.Request(Hosts.Folder, HostList) with { Force = false };

    public async Task<RecordingSink> RunAsync(
        Func<CertificateRenewalRequest, CertificateRenewalRequest>? change = null, RecordingSink? sink = null, TimeProvider? time = null)
    {
        sink ??= new RecordingSink();
        await using var renewal = new CertificateRenewal(change?.Invoke(Request()) ?? Request(), Path.Combine(Hosts.Folder, "journal"), time ?? TimeProvider.System);
        await renewal.RunAsync(sink, Stop);
        return sink;
    }

    /// <summary>Renews and expects an outcome.</summary>
    public async Task<CertificateRenewalReport> ExpectAsync(
        CertificateRenewalOutcome outcome, Func<CertificateRenewalRequest, CertificateRenewalRequest>? change = null, RecordingSink? sink = null)
    {
        sink = await RunAsync(change, sink);
        var report = Assert.IsType<CertificateRenewalReport>(Assert.Single(sink.Records));
        if (report.Outcome != outcome) Assert.Fail(string.Join('\n', report.Steps.Select(step => step.ToString()).Append(await LogsAsync())));
        // A key is in no journal, message or result.
        var said = sink.Verboses.Concat(Directory.EnumerateFiles(Path.Combine(Hosts.Folder, "journal")).Select(File.ReadAllText)).Append(System.Text.Json.JsonSerializer.Serialize(report));
        Assert.DoesNotContain(said, text => text.Contains("PRIVATE KEY", StringComparison.Ordinal) || text.Contains("LS0tLS1CRUdJTi", StringComparison.Ordinal));
        Assert.Equal(outcome is not (CertificateRenewalOutcome.Renewed or CertificateRenewalOutcome.NotNeeded), sink.Faults.Count > 0);
        return report;
    }

    /// <summary>Runs a renewal in a process of its own that is killed when it begins the step with this number or name. True if it came so far.</summary>
    public async Task<bool> RenewAndDieAsync(string step)
    {
        var run = await RenewalOperator.StartAsync(Hosts.Folder, HostList, step, Stop);
        if (run.ExitCode == 0) return false;
        Assert.True(run.ExitCode == 137, run.Output);
        return true;
    }

    /// <summary>The HTTP status with which the API server of a host answers curl, with the certificate of the administrator's kubeconfig that lies there.</summary>
    public static Task<string> AskApiAsync(PracticeHost host) => host.SaysAsync($$"""
        for field in certificate key; do sed -n "s/ *client-$field-data: *//p" /etc/kubernetes/admin.conf | base64 -d > /run/admin.$field; done
        curl -s -m 10 -o /dev/null -w '%{http_code}' --cacert /etc/kubernetes/pki/ca.crt --cert /run/admin.certificate --key /run/admin.key https://{{host.Address}}:6443/api/v1/namespaces
        """);

    /// <summary>When the certificate ends that a server shows to openssl.</summary>
    public static async Task<DateTimeOffset> ShownUntilAsync(PracticeHost host, int port)
    {
        var shown = await Tool.RunAsync("sh", ["-c", $"openssl s_client -connect {host.Address}:{port} </dev/null 2>/dev/null | openssl x509 -noout -enddate -dateopt iso_8601"], Stop);
        return DateTimeOffset.Parse(shown.Expect().Output.Trim().Replace("notAfter=", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The cluster is well, nothing of the renewal is armed, and no key lies where none belongs.</summary>
    public async Task AssertWellAsync()
    {
        await cluster.Etcd.WaitUntilHealthyAsync(Stop);
        await cluster.WaitUntilReadyAsync(Stop);
        foreach (var host in cluster.Masters)
        {
            Assert.Equal("200", await AskApiAsync(host));
            await host.AssertNothingIsArmedAsync();
            Assert.Equal("", await host.SaysAsync("grep -rl 'PRIVATE KEY' /var/lib/clusterheal; find /etc/kubernetes /etc/etcd -name '*.other*' 2>/dev/null"));
        }
    }

    public async Task<string> LogsAsync() => string.Join('\n', await Task.WhenAll(cluster.Masters.Select(async host =>
        $"{host.Name}:\n" + await host.SaysAsync(
            "cat /var/lib/clusterheal/certificates/*/log; ls -l /etc/kubernetes /etc/kubernetes/pki; journalctl -n 20 -u etcd -u kubelet -u kube-apiserver; tail -n 5 /var/log/pods/*/*/*.log"))));

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    // As after a reboot.
    private Task RestartAllAsync(PracticeHost host) => host.SaysAsync(cluster.Options.Form == EtcdForm.SystemdUnit
        ? "systemctl restart --no-block etcd kube-apiserver kube-controller-manager kube-scheduler"
        : """
          mkdir -p /root/manifests && mv /etc/kubernetes/manifests/* /root/manifests
          while ls -d /sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod*.slice >/dev/null 2>&1; do sleep 0.2; done
          mv /root/manifests/* /etc/kubernetes/manifests
          """);
}
