using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;
using ClusterHeal.Practice.Processes;
using ClusterHeal.Tests.Hosts;
using ClusterHeal.Tests.Practice.ControlPlane;

namespace ClusterHeal.Tests.Operations.Health;

/// <summary>A whole practice cluster with a proven snapshot, and all the ways by which a health test looks at it.</summary>
internal sealed class HealthLab : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly TlsMaterial _tls;
    private readonly KubernetesClient _client;
    private readonly ApiProbe _api;

    private HealthLab(PracticeCluster cluster, TlsMaterial tls, KubernetesClient client)
    {
        (Cluster, _tls, _client) = (cluster, tls, client);
        _api = new ApiProbe(cluster.KubeconfigFile);
        Etcd = new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany(cluster.Etcd.Endpoints), Tls = tls };
        Backups = Path.Combine(cluster.Hosts.Folder, "backups");
    }

    public PracticeCluster Cluster { get; }

    /// <summary>The way to etcd by its endpoints.</summary>
    public EtcdConnection Etcd { get; }

    /// <summary>The folder with the snapshot <c>etcd.db</c>, a restore of which is said to have been rehearsed.</summary>
    public string Backups { get; }

    /// <summary>What a test keeps between injecting and healing.</summary>
    public Dictionary<string, string> Notes { get; } = [];

    /// <summary>All that can be looked at.</summary>
    public HealthSources Sources => new()
    {
        ClusterName = "practice",
        Kubernetes = _client,
        Etcd = Etcd,
        Hosts = [.. Cluster.Masters.Select(host => Cluster.Hosts.Connection(host))],
        BackupPath = Backups,
    };

    public PracticeHost this[string host] => Cluster.Hosts[host];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<HealthLab> StartAsync(EtcdForm form, string? kubernetesAssets)
    {
        var wanted = new PracticeClusterOptions { Form = form, KubernetesAssets = kubernetesAssets };
        var cluster = await PracticeCluster.StartAsync(wanted, Stop);
        try
        {
            var (ca, cert, key) = cluster.EtcdClient;
            var client = await OpenAsync(cluster.KubeconfigFile);
            var lab = new HealthLab(cluster, (await TlsMaterial.ReadIfNamedAsync(ca, cert, key, Stop))!, client);
            Directory.CreateDirectory(lab.Backups);
            await lab.SaveAsync();
            return lab;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        _client.Dispose();
        _tls.Dispose();
        await Cluster.DisposeAsync();
    }

    /// <summary>Tests the health once.</summary>
    /// <param name="kubernetes">Whether a kubeconfig is given.</param>
    /// <param name="hosts">Whether the hosts are looked at too.</param>
    /// <param name="endpoints">Whether etcd is looked at by its endpoints; else it is through the hosts.</param>
    /// <param name="backups">Whether the folder of the snapshots is given.</param>
    /// <param name="areas">The areas that are asked.</param>
    /// <param name="stranger">One more endpoint of etcd.</param>
    /// <param name="kubeconfig">A kubeconfig in place of the administrator's.</param>
    public async Task<IReadOnlyList<CheckResult>> TestAsync(
        bool kubernetes = true,
        bool hosts = true,
        bool endpoints = true,
        bool backups = true,
        HealthArea[]? areas = null,
        string? stranger = null,
        string? kubeconfig = null)
    {
        var more = stranger is null ? [] : new[] { EtcdEndpoint.Parse(stranger) };
        using var other = kubeconfig is null ? null : await OpenAsync(kubeconfig);
        var sources = Sources with
        {
            Kubernetes = kubernetes ? other ?? _client : null,
            Etcd = endpoints ? Etcd with { Endpoints = [.. Etcd.Endpoints, .. more] } : null,
            Hosts = hosts ? Sources.Hosts : [],
            BackupPath = backups ? Backups : null,
        };
        var options = new HealthOptions { PodPatience = TimeSpan.FromSeconds(1), Areas = areas ?? [] };
        var results = await new ClusterHealthTest(sources, options, TimeProvider.System).RunAsync(Stop);
        return [.. results.Select(r => r with { Target = Named(r.Target), Message = Named(r.Message) })];
    }

    /// <summary>Tests until a fault is found, and nothing else.</summary>
    public async Task ExpectAsync(LiveFault fault, bool hosts)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var bad = (await TestAsync(hosts: hosts, areas: fault.Areas, stranger: fault.Stranger(this), kubeconfig: fault.Kubeconfig(this)))
                .Where(IsBad).ToList();
            var said = bad.ConvertAll(r => $"{r.Name} {r.Status} {r.Target}");
            var found = fault.Expected.All(e => said.Exists(s => s.StartsWith(e, StringComparison.Ordinal)));
            var alone = said.TrueForAll(s => fault.Expected.Concat(fault.MayFollow).Any(e => s.StartsWith(e, StringComparison.Ordinal)));
            if (found && alone)
            {
                Assert.All(bad, r => Assert.False(string.IsNullOrWhiteSpace(r.Remedy), $"{r} has no remedy."));
                return;
            }

            Assert.True(
                clock.Elapsed < Patience, $"{fault}: expected {string.Join("; ", fault.Expected)}. Found:\n{string.Join('\n', bad)}");
            await Task.Delay(200, Stop);
        }
    }

    /// <summary>Tests until nothing is wrong, and everything was seen.</summary>
    public Task ExpectWellAsync(bool hosts) =>
        ExpectAsync(new LiveFault("nothing is wrong", _ => Task.CompletedTask, _ => Task.CompletedTask), hosts);

    /// <summary>Creates an object, or some.</summary>
    public Task CreateAsync(string collection, string json) => SendAsync("POST", collection, json);

    /// <summary>Reads an object.</summary>
    public async Task<JsonNode> GetAsync(string path) => (await _api.SendAsync("GET", path)).Json;

    /// <summary>Changes an object by a merge patch.</summary>
    public Task PatchAsync(string path, string json) => SendAsync("PATCH", path, json);

    public Task DeleteAsync(string path) => SendAsync("DELETE", path, null);

    /// <summary>Runs a command on a host past SSH, which has to succeed.</summary>
    public async Task<string> OnAsync(string host, string command) =>
        (await this[host].RunAsync(Stop, "/bin/sh", "-c", command)).Expect().Output;

    /// <summary>Does something to a unit of all hosts of the control plane.</summary>
    public Task OnMastersAsync(string command) => Task.WhenAll(Cluster.Masters.Select(host => OnAsync(host.Name, command)));

    /// <summary>Runs etcdctl on the first host, where it has to succeed.</summary>
    public async Task<string> EtcdCtlAsync(params string[] arguments) => (await TryEtcdCtlAsync(arguments)).Expect().Output;

    /// <summary>Runs etcdctl on the first host, where it may fail.</summary>
    public Task<ToolResult> TryEtcdCtlAsync(params string[] arguments) => Cluster.Etcd.EtcdCtlAsync(Cluster.Masters[0], Stop, arguments);

    /// <summary>Rewrites the manifest of the snapshot.</summary>
    public void ChangeManifest(Func<SnapshotManifest, SnapshotManifest> change)
    {
        var snapshot = Path.Combine(Backups, "etcd.db");
        var manifest = change(SnapshotManifest.Read(snapshot)!);
        using var file = File.Create(SnapshotManifest.PathFor(snapshot));
        manifest.WriteTo(file);
    }

    private static bool IsBad(CheckResult result) =>
        result.Status is CheckStatus.Warning or CheckStatus.Fail
        || (result is { Status: CheckStatus.Unknown, Name: not ClusterHealthTest.ScopeName } && !IsDoubt(result));

    /// <summary>What cannot be known while something else is down is not blamed.</summary>
    private static bool IsDoubt(CheckResult result) =>
        result.Message.StartsWith("It could not be seen:", StringComparison.Ordinal)
        || result.Message.Contains("the controller manager wrote last", StringComparison.Ordinal)
        || result.Name is "EtcdHash" or "EtcdRevision";

    private static async Task<KubernetesClient> OpenAsync(string kubeconfig)
    {
        var connection = await KubernetesConnection.ReadAsync([kubeconfig], null, Stop);
        return new KubernetesClient(connection with { RequestTimeout = TimeSpan.FromSeconds(20) }, TimeProvider.System);
    }

    /// <summary>The text with names in place of addresses.</summary>
    public string Named(string text)
    {
        foreach (var (address, name) in Cluster.Hosts.Hosts.Select(h => (h.Address, h.Name)).Append((Cluster.Hosts.Gateway, "entry")))
            text = Regex.Replace(text, $@"\b{Regex.Escape(address)}\b", name);
        return text;
    }

    private async Task SendAsync(string method, string path, string? body)
    {
        var type = method == "PATCH" ? "application/merge-patch+json" : "application/json";
        var reply = await _api.SendAsync(method, path, body is null ? null : JsonNode.Parse(body), type);
        Assert.True(reply.Code is 200 or 201 or 202, $"{method} {path}: {reply.Code} {reply.Text}");
    }

    private async Task SaveAsync()
    {
        var sink = new RecordingSink();
        var options = new SnapshotSaveOptions { Path = Path.Combine(Backups, "etcd.db") };
        await new SnapshotSaver(Etcd, options, TimeProvider.System).RunAsync(sink, Stop);
        Assert.Empty(sink.Faults);
        ChangeManifest(m => m with { RehearsedAt = TimeProvider.System.GetUtcNow() });
    }
}
