using ClusterHeal.Practice.Pki;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Practice.Etcd;

/// <summary>
/// A real etcd of one or more members on 127.0.0.1. Nothing of it stays: its processes end with ours at the latest, its temporary
/// folder goes when it is disposed of.
/// </summary>
public sealed class LocalEtcd : IAsyncDisposable
{
    private readonly string _folder;
    private readonly bool _canSkipFsync;

    private LocalEtcd(LocalEtcdOptions options, EtcdPrograms programs, bool canSkipFsync)
    {
        Options = options;
        Programs = programs;
        _canSkipFsync = canSkipFsync;
        _folder = Directory.CreateTempSubdirectory("clusterheal-etcd-").FullName;
        Members = LayOutMembers();
        if (options.Tls) Authority = WriteCertificates();
    }

    /// <summary>What was asked for.</summary>
    public LocalEtcdOptions Options { get; }

    /// <summary>The programs that it runs.</summary>
    public EtcdPrograms Programs { get; }

    /// <summary>Its members, in the order of their names.</summary>
    public IReadOnlyList<LocalEtcdMember> Members { get; }

    /// <summary>The client URL of the first member.</summary>
    public string Endpoint => Members[0].ClientUrl;

    /// <summary>The client URLs of all members.</summary>
    public string[] Endpoints => [.. Members.Select(member => member.ClientUrl)];

    /// <summary>The authority of its certificates, or null without TLS. More certificates for tests come from here.</summary>
    public CertificateAuthority? Authority { get; }

    /// <summary>The certificate of the authority, a file. It exists with TLS only, like the next two.</summary>
    public string CaFile => Path.Combine(_folder, "ca.crt");

    /// <summary>A certificate for a client, a file; its common name is <c>root</c>.</summary>
    public string CertFile => Path.Combine(_folder, "client.crt");

    /// <summary>The key of <see cref="CertFile"/>, a file.</summary>
    public string KeyFile => Path.Combine(_folder, "client.key");

    /// <summary>Starts an etcd and waits until every member answers.</summary>
    public static async Task<LocalEtcd> StartAsync(LocalEtcdOptions options, CancellationToken cancellationToken)
    {
        for (var attemptsLeft = 4; ; attemptsLeft--)
        {
            var etcd = await PrepareAsync(options, cancellationToken);
            try
            {
                await etcd.StartMembersAsync(cancellationToken);
                return etcd;
            }
            catch (Exception failure)
            {
                var anotherWasQuicker = failure is PracticeException && etcd.Members.Any(member => member.PortWasTaken());
                await etcd.DisposeAsync();
                if (!anotherWasQuicker || attemptsLeft == 0) throw;
            }
        }
    }

    /// <summary>
    /// Prepares everything and starts nothing: names, URLs, certificates and data folders are known, and a restore can fill the folders
    /// before <see cref="StartMembersAsync"/>.
    /// </summary>
    public static async Task<LocalEtcd> PrepareAsync(LocalEtcdOptions options, CancellationToken cancellationToken)
    {
        var programs = options.BinFolder is { } folder
            ? EtcdPrograms.In(folder)
            : await EtcdPrograms.GetAsync(options.Release, cancellationToken);
        var help = await Tool.RunAsync(programs.Server, ["--help"], cancellationToken);
        return new LocalEtcd(options, programs, (help.Output + help.Error).Contains("--unsafe-no-fsync", StringComparison.Ordinal));
    }

    /// <summary>Starts all members and waits until each of them answers.</summary>
    public async Task StartMembersAsync(CancellationToken cancellationToken)
    {
        foreach (var member in Members) member.Launch();
        foreach (var member in Members) await member.WaitUntilReadyAsync(cancellationToken);
    }

    /// <summary>Runs etcdctl (API 3) against all members with the client's certificate.</summary>
    public Task<ToolResult> EtcdCtlAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        string[] connection = [$"--endpoints={string.Join(',', Endpoints)}"];
        if (Options.Tls) connection = [.. connection, $"--cacert={CaFile}", $"--cert={CertFile}", $"--key={KeyFile}"];
        var environment = new Dictionary<string, string?> { ["ETCDCTL_API"] = "3" };
        return Tool.RunAsync(Programs.Ctl, [.. connection, .. arguments], cancellationToken, environment);
    }

    /// <summary>Runs etcdutl, or with 3.4 the commands of etcdctl that became it.</summary>
    public Task<ToolResult> EtcdUtlAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var environment = new Dictionary<string, string?> { ["ETCDCTL_API"] = "3" };
        return Tool.RunAsync(Programs.Utl ?? Programs.Ctl, arguments, cancellationToken, environment);
    }

    /// <summary>Ends all members and removes the temporary folder.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var member in Members) await member.KillAsync();
        Authority?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    internal IEnumerable<string> ArgumentsOf(LocalEtcdMember member, string metricsUrl)
    {
        string[] arguments =
        [
            $"--name={member.Name}",
            $"--data-dir={member.DataFolder}",
            $"--listen-client-urls={member.ClientUrl}",
            $"--advertise-client-urls={member.ClientUrl}",
            $"--listen-peer-urls={member.PeerUrl}",
            $"--initial-advertise-peer-urls={member.PeerUrl}",
            $"--listen-metrics-urls={metricsUrl}",
            $"--initial-cluster={string.Join(',', Members.Select(each => $"{each.Name}={each.PeerUrl}"))}",
            "--initial-cluster-state=new",
            "--logger=zap",
        ];
        if (!Options.Fsync && _canSkipFsync) arguments = [.. arguments, "--unsafe-no-fsync"];
        if (Options.Tls)
        {
            var server = Path.Combine(_folder, "server");
            arguments =
            [
                .. arguments,
                $"--cert-file={server}.crt", $"--key-file={server}.key", $"--trusted-ca-file={CaFile}",
                $"--peer-cert-file={server}.crt", $"--peer-key-file={server}.key", $"--peer-trusted-ca-file={CaFile}",
                "--peer-client-cert-auth",
            ];
            if (Options.ClientCertAuth) arguments = [.. arguments, "--client-cert-auth"];
        }
        return arguments.Concat(Options.Arguments);
    }

    private LocalEtcdMember[] LayOutMembers()
    {
        const int PortsEach = 3;
        var ports = LoopbackPorts.Take(Options.Members * PortsEach);
        var scheme = Options.Tls ? "https" : "http";
        return
        [
            .. Enumerable.Range(0, Options.Members).Select(index =>
            {
                var name = $"{Options.NamePrefix}{index + 1}";
                return new LocalEtcdMember(
                    this, name, scheme, ports.AsSpan(index * PortsEach, PortsEach),
                    Path.Combine(Options.DataFolder ?? _folder, name), Path.Combine(_folder, $"{name}.log"));
            }),
        ];
    }

    private CertificateAuthority WriteCertificates()
    {
        var authority = CertificateAuthority.Create("practice etcd CA");
        File.WriteAllText(CaFile, authority.CertificatePem);
        authority.Issue("server", ["localhost", "127.0.0.1"]).WriteTo(_folder, "server");
        authority.Issue("root", []).WriteTo(_folder, "client");
        return authority;
    }
}
