using ClusterHeal.Practice.ControlPlane;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Peers;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests;

/// <summary>
/// Runs the Pester files of tests/Module on the staged module, in a real pwsh, against a real etcd, a practice control plane and real hosts.
/// </summary>
public sealed class PesterTests(PesterTests.RealEtcd etcd, PesterTests.ControlPlane plane, RealHosts hosts, SshCluster cluster)
    : IClassFixture<PesterTests.RealEtcd>, IClassFixture<PesterTests.ControlPlane>, IClassFixture<RealHosts>, IClassFixture<SshCluster>
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "tests", "Module");

    /// <summary>The files. Those that need servers come last, and hosts at the very end: once started, these take the processor from all others.</summary>
    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Folder, "*.Tests.ps1").Select(f => Path.GetFileName(f)!).OrderBy(file => (int)ServersOf(file)).ThenBy(file => file, StringComparer.Ordinal)];

    // In the order of the data.
    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Files))]
    public async Task In_a_real_pwsh(string file)
    {
        var stop = TestContext.Current.CancellationToken;
        var environment = ServersOf(file) switch
        {
            Servers.Etcd => await etcd.StartAsync(stop),
            Servers.ControlPlane => await plane.StartAsync(stop),
            Servers.Hosts => await hosts.StartAsync(stop),
            Servers.Cluster => await cluster.StartAsync(stop),
            _ => [],
        };
        environment["CLUSTERHEAL_TEST_PROBE"] = ProbeFile;
        foreach (var (name, value) in Pwsh.Environment) environment[name] = value;
        string[] arguments =
            ["-NoProfile", "-NonInteractive", "-File", Path.Combine(Folder, "Run.ps1"), Path.Combine(Folder, file), "-Pester", PesterFile];
        var run = await Tool.RunAsync(Pwsh.File, arguments, stop, environment);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output + run.Error);
    }

    private static Servers ServersOf(string file) => file.Split('.')[0] switch
    {
        "Etcd" or "Health" or "Upkeep" => Servers.Etcd,
        "Nodes" or "Tab" or "Connections" => Servers.ControlPlane,
        "Repair" or "Restore" or "LiveHosts" => Servers.Hosts,
        "Ssh" => Servers.Cluster,
        _ => Servers.None,
    };

    private enum Servers
    {
        None,
        Etcd,
        ControlPlane,
        Hosts,
        Cluster,
    }

    private static string PesterFile => Path.Combine(AppContext.BaseDirectory, "Pester", "Pester.psd1");

    private static string ProbeFile => AppContext.BaseDirectory.Replace("ClusterHeal.Tests", "ClusterHeal.Probe", StringComparison.Ordinal)
        + "ClusterHeal.Probe.dll";

    /// <summary>A practice control plane; one of its nodes bears the name of the etcd member below it.</summary>
    public sealed class ControlPlane : IAsyncDisposable
    {
        private LocalControlPlane? _plane;

        /// <summary>Starts it.</summary>
        /// <returns>How to reach it, as environment variables.</returns>
        public async Task<Dictionary<string, string?>> StartAsync(CancellationToken cancellationToken)
        {
            _plane ??= await LocalControlPlane.StartAsync(new LocalControlPlaneOptions { Nodes = ["kubew01", "kubew02", "m1"] }, cancellationToken);
            var kubectl = await new PeerCache().GetAsync(PeerSet.Kubectl, cancellationToken);
            return new Dictionary<string, string?>
            {
                ["CLUSTERHEAL_TEST_KUBECONFIG"] = _plane.Kubeconfig,
                ["CLUSTERHEAL_TEST_KUBECTL"] = Path.Combine(kubectl.Bin, "kubectl"),
                ["CLUSTERHEAL_TEST_ENDPOINT"] = _plane.Etcd.Endpoint,
            };
        }

        /// <inheritdoc/>
        public async ValueTask DisposeAsync()
        {
            if (_plane is not null) await _plane.DisposeAsync();
        }
    }

    /// <summary>A real etcd over TLS with some MiB in it, started by the first file that needs one.</summary>
    public sealed class RealEtcd : IAsyncDisposable
    {
        private LocalEtcd? _etcd;
        private SlowRelay? _relay;

        /// <summary>Starts it.</summary>
        /// <returns>How to reach it, as environment variables.</returns>
        public async Task<Dictionary<string, string?>> StartAsync(CancellationToken cancellationToken)
        {
            _etcd ??= await FillAsync(await LocalEtcd.StartAsync(new LocalEtcdOptions { Tls = true }, cancellationToken), cancellationToken);
            _relay ??= new SlowRelay(new Uri(_etcd.Endpoint).Port);
            return new Dictionary<string, string?>
            {
                ["CLUSTERHEAL_TEST_ENDPOINT"] = _etcd.Endpoint,
                ["CLUSTERHEAL_TEST_SLOW_ENDPOINT"] = $"https://127.0.0.1:{_relay.Port}",
                ["CLUSTERHEAL_TEST_CA"] = _etcd.CaFile,
                ["CLUSTERHEAL_TEST_CERT"] = _etcd.CertFile,
                ["CLUSTERHEAL_TEST_KEY"] = _etcd.KeyFile,
            };
        }

        /// <inheritdoc/>
        public async ValueTask DisposeAsync()
        {
            if (_relay is not null) await _relay.DisposeAsync();
            if (_etcd is not null) await _etcd.DisposeAsync();
        }

        private static async Task<LocalEtcd> FillAsync(LocalEtcd etcd, CancellationToken cancellationToken)
        {
            var value = new string('x', 100_000);
            for (var i = 0; i < 40; i++) (await etcd.EtcdCtlAsync(cancellationToken, "put", $"/filler/{i}", value)).Expect();
            return etcd;
        }
    }
}
