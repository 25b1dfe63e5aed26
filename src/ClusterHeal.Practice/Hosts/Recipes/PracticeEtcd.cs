using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Pki;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Practice.Hosts.Recipes;

/// <summary>
/// A real etcd with one member per host, TLS and client certificates everywhere:
/// <c>PracticeHosts.StartAsync(names, cancellationToken, etcd.Install, sharedFiles: etcd.SharedFiles)</c>.
/// </summary>
public sealed class PracticeEtcd : IDisposable
{
    private readonly CertificateAuthority _authority = CertificateAuthority.Create("etcd-ca");
    private readonly EtcdPrograms _programs;
    private readonly EtcdForm _form;
    private readonly bool _loopbackOnly;
    private IReadOnlyList<PracticeHost> _members = [];

    /// <summary>Prepares it; nothing happens yet.</summary>
    /// <param name="programs">The release.</param>
    /// <param name="form">Units or static pods.</param>
    /// <param name="loopbackOnly">Members serve clients on their own host's 127.0.0.1 only: from elsewhere only SSH reaches them.</param>
    public PracticeEtcd(EtcdPrograms programs, EtcdForm form = EtcdForm.SystemdUnit, bool loopbackOnly = false)
    {
        _programs = programs;
        _form = form;
        _loopbackOnly = loopbackOnly;
    }

    /// <summary>The programs, by their paths on the hosts.</summary>
    public IReadOnlyDictionary<string, string> SharedFiles
    {
        get
        {
            var files = new Dictionary<string, string> { ["/usr/bin/etcd"] = _programs.Server, ["/usr/bin/etcdctl"] = _programs.Ctl };
            if (_programs.Utl is { } utl) files["/usr/bin/etcdutl"] = utl;
            return _form == EtcdForm.SystemdUnit ? files : files.Concat(StaticPodHost.SharedFiles).ToDictionary();
        }
    }

    /// <summary>The authority of its certificates.</summary>
    public CertificateAuthority Authority => _authority;

    /// <summary>The client URLs as this machine reaches them, unless they are on loopback only.</summary>
    public string[] Endpoints => [.. _members.Select(host => $"https://{host.Address}:2379")];

    /// <summary>
    /// The folder of the certificates on each host, with <c>ca.crt</c>, <c>server.*</c>, <c>peer.*</c> and <c>healthcheck-client.*</c>.
    /// </summary>
    public string CertificateFolder => _form == EtcdForm.SystemdUnit ? "/etc/etcd/pki" : "/etc/kubernetes/pki/etcd";

    /// <summary>Writes it to the disks of all hosts, before they boot.</summary>
    public void Install(PracticeHosts hosts) => Install(hosts.Hosts);

    /// <summary>Writes it to the disks of some hosts, before they boot; they become its members.</summary>
    public void Install(IReadOnlyList<PracticeHost> members)
    {
        _members = members;
        foreach (var host in members)
        {
            WriteCertificates(host);
            host.Disk.MakePrivateFolder("/var/lib/etcd");
            if (_form == EtcdForm.SystemdUnit)
            {
                host.Disk.Write("/etc/etcd/etcd.conf", string.Concat(Settings(host).Select(EnvironmentLine)));
                host.Disk.EnableUnit("etcd.service", Unit);
            }
            else
            {
                StaticPodHost.Install(host);
                host.Disk.WritePrivate($"{StaticPodHost.Manifests}/etcd.yaml", Manifest(host));
            }
        }
    }

    /// <summary>Writes etcd with settings and certificates of its own to the disk of a host that is not a member yet and will become one; it does not start.</summary>
    public void InstallSpare(PracticeHost host)
    {
        WriteCertificates(host);
        host.Disk.MakePrivateFolder("/var/lib/etcd");
        host.Disk.Write("/etc/etcd/etcd.conf", string.Concat(Settings(host).Select(EnvironmentLine)));
        host.Disk.Write("/etc/systemd/system/etcd.service", Unit);
    }

    /// <summary>Issues a certificate of the cluster's authority to a client on this machine.</summary>
    /// <returns>The paths of the authority's certificate, the client's certificate and its key, in the folder given.</returns>
    public (string CaFile, string CertFile, string KeyFile) IssueClient(string name, string folder)
    {
        var caFile = Path.Combine(folder, "ca.crt");
        File.WriteAllText(caFile, _authority.CertificatePem);
        var (certFile, keyFile) = _authority.Issue(name, []).WriteTo(folder, name);
        return (caFile, certFile, keyFile);
    }

    /// <summary>Runs etcdctl on a host against the member there.</summary>
    public Task<ToolResult> EtcdCtlAsync(PracticeHost host, CancellationToken cancellationToken, params string[] arguments)
    {
        string[] connection =
        [
            "env", "ETCDCTL_API=3", "etcdctl", "--endpoints=https://127.0.0.1:2379", $"--cacert={CertificateFolder}/ca.crt",
            $"--cert={CertificateFolder}/healthcheck-client.crt", $"--key={CertificateFolder}/healthcheck-client.key",
        ];
        return host.RunAsync(cancellationToken, [.. connection, .. arguments]);
    }

    /// <summary>Waits until every member that is on says that it is healthy.</summary>
    /// <exception cref="PracticeException">One did not within a minute; the message has etcdctl's words.</exception>
    public async Task WaitUntilHealthyAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(3));
        foreach (var host in _members.Where(host => host.IsOn))
        {
            ToolResult health;
            while ((health = await EtcdCtlAsync(host, cancellationToken, "endpoint", "health", "--command-timeout=2s")).ExitCode != 0)
            {
                if (deadline.IsCancellationRequested) health.Expect();
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    /// <summary>Removes the authority's key from memory.</summary>
    public void Dispose() => _authority.Dispose();

    /// <summary>Writes the certificates of a member to a host's disk, over those that are there.</summary>
    internal void WriteCertificates(PracticeHost host, DateTimeOffset? notAfter = null)
    {
        host.Disk.Write($"{CertificateFolder}/ca.crt", _authority.CertificatePem);
        Write("server", _authority.Issue(host.Name, [host.Name, "localhost", host.Address, "127.0.0.1"], notAfter: notAfter));
        Write("peer", _authority.Issue(host.Name, [host.Name, "localhost", host.Address, "127.0.0.1"], notAfter: notAfter));
        Write("healthcheck-client", _authority.Issue("kube-etcd-healthcheck-client", [], notAfter: notAfter));

        void Write(string name, IssuedCertificate issued)
        {
            host.Disk.Write($"{CertificateFolder}/{name}.crt", issued.CertificatePem);
            host.Disk.WritePrivate($"{CertificateFolder}/{name}.key", issued.KeyPem);
        }
    }

    private const string Unit = """
        [Unit]
        Description=etcd
        After=network.target

        [Service]
        Type=notify
        EnvironmentFile=/etc/etcd/etcd.conf
        ExecStart=/usr/bin/etcd
        Restart=on-failure
        RestartSec=2
        LimitNOFILE=65536

        [Install]
        WantedBy=multi-user.target

        """;

    private static string EnvironmentLine((string Flag, string Value) setting) =>
        $"ETCD_{setting.Flag.Replace('-', '_').ToUpperInvariant()}=\"{setting.Value}\"\n";

    /// <summary>The flags of etcd without their dashes, in kubeadm's order.</summary>
    private IEnumerable<(string Flag, string Value)> Settings(PracticeHost host)
    {
        var cluster = string.Join(',', _members.Select(each => $"{each.Name}=https://{each.Address}:2380"));
        var listen = _loopbackOnly ? "https://127.0.0.1:2379" : $"https://127.0.0.1:2379,https://{host.Address}:2379";
        return
        [
            ("advertise-client-urls", _loopbackOnly ? "https://127.0.0.1:2379" : $"https://{host.Address}:2379"),
            ("cert-file", $"{CertificateFolder}/server.crt"),
            ("client-cert-auth", "true"),
            ("data-dir", "/var/lib/etcd"),
            ("initial-advertise-peer-urls", $"https://{host.Address}:2380"),
            ("initial-cluster", cluster),
            ("initial-cluster-state", "new"),
            ("initial-cluster-token", "practice"),
            ("key-file", $"{CertificateFolder}/server.key"),
            ("listen-client-urls", listen),
            ("listen-metrics-urls", "http://127.0.0.1:2381"),
            ("listen-peer-urls", $"https://{host.Address}:2380"),
            ("name", host.Name),
            ("peer-cert-file", $"{CertificateFolder}/peer.crt"),
            ("peer-client-cert-auth", "true"),
            ("peer-key-file", $"{CertificateFolder}/peer.key"),
            ("peer-trusted-ca-file", $"{CertificateFolder}/ca.crt"),
            ("trusted-ca-file", $"{CertificateFolder}/ca.crt"),
        ];
    }

    private string Manifest(PracticeHost host) => StaticPodHost.Manifest(
        "etcd", ["etcd", .. Settings(host).Select(setting => $"--{setting.Flag}={setting.Value}")],
        ("etcd-data", "/var/lib/etcd"), ("etcd-certs", CertificateFolder));
}
