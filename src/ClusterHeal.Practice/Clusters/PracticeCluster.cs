using ClusterHeal.Kubernetes;
using System.Net;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Hosts.Recipes;

namespace ClusterHeal.Practice.Clusters;

/// <summary>
/// A whole cluster of practice hosts: control-plane hosts with a real etcd and a control plane each, workers with a kubelet and a
/// kube-proxy, and one entry to the API servers. Disposing of it leaves nothing, as with <see cref="PracticeHosts"/>.
/// </summary>
public sealed class PracticeCluster : IAsyncDisposable
{
    private const int Port = 6443;
    private static readonly string[] Components = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];
    private readonly ClusterPki _pki;
    private readonly LoadBalancer _entry;

    private PracticeCluster(PracticeClusterOptions options, PracticeHosts hosts, PracticeEtcd etcd, ClusterPki pki)
    {
        Options = options;
        Hosts = hosts;
        Etcd = etcd;
        _pki = pki;
        File.WriteAllText(KubeconfigFile, AdministratorsKubeconfig());
        _entry = LoadBalancer.Start(new IPEndPoint(IPAddress.Parse(hosts.Gateway), Port), Masters.Select(ConfigOf));
        EtcdClient = etcd.IssueClient("admin", hosts.Folder);
    }

    /// <summary>What was asked for.</summary>
    public PracticeClusterOptions Options { get; }

    /// <summary>All its hosts, the control plane's first.</summary>
    public PracticeHosts Hosts { get; }

    /// <summary>The control-plane hosts.</summary>
    public IReadOnlyList<PracticeHost> Masters => [.. Options.Masters.Select(name => Hosts[name])];

    /// <summary>The workers.</summary>
    public IReadOnlyList<PracticeHost> Workers => [.. Options.Workers.Select(name => Hosts[name])];

    /// <summary>The etcd of the control-plane hosts.</summary>
    public PracticeEtcd Etcd { get; }

    /// <summary>The URL of the entry to all API servers. Each server by itself answers on port 6443 of its host, for the same names.</summary>
    public string Server => $"https://{Hosts.Gateway}:{Port}";

    /// <summary>The kubeconfig of an administrator, a file.</summary>
    public string KubeconfigFile => Path.Combine(Hosts.Folder, "admin.kubeconfig");

    /// <summary>The text of a kubeconfig of an administrator with a new certificate.</summary>
    /// <param name="notAfter">Until when the certificate is valid; a year if not given.</param>
    public string AdministratorsKubeconfig(DateTimeOffset? notAfter = null) =>
        _pki.Kubeconfig(Server, "kubernetes-admin", ClusterPki.Masters, notAfter);

    /// <summary>The text of a kubeconfig of a user without any right, if the programs are real ones.</summary>
    /// <param name="user">The user's name.</param>
    public string KubeconfigOf(string user) => _pki.Kubeconfig(Server, user, group: null);

    /// <summary>The certificates of an administrator of etcd, files.</summary>
    public (string CaFile, string CertFile, string KeyFile) EtcdClient { get; }

    /// <summary>True if the control plane's programs are the real ones.</summary>
    public bool IsReal => Options.KubernetesAssets is not null;

    /// <summary>Starts a cluster and waits until it is ready: every API server, both leaders, every node.</summary>
    /// <exception cref="PracticeException">This machine cannot do it, or it is not ready in time.</exception>
    public static async Task<PracticeCluster> StartAsync(PracticeClusterOptions options, CancellationToken cancellationToken)
    {
        var etcd = new PracticeEtcd(await EtcdPrograms.GetAsync(options.EtcdRelease, cancellationToken), options.Form);
        var pki = new ClusterPki(etcd.Authority);
        PracticeCluster? cluster = null;
        PracticeHosts? hosts = null;
        try
        {
            string[] names = [.. options.Masters, .. options.Workers];
            hosts = await PracticeHosts.StartAsync(names, cancellationToken, Prepare, sharedFiles: SharedFiles(options, etcd));
            await cluster!.WaitUntilReadyAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            if (cluster is not null) await cluster._entry.DisposeAsync();
            if (hosts is not null) await hosts.DisposeAsync();
            pki.Dispose();
            etcd.Dispose();
            throw;
        }

        void Prepare(PracticeHosts made)
        {
            cluster = new PracticeCluster(options, made, etcd, pki);
            cluster.LayOut();
        }
    }

    /// <summary>Waits until every API server is ready, both leaders work, and every node is ready.</summary>
    /// <exception cref="PracticeException">It took longer than <see cref="PracticeClusterOptions.StartTimeout"/>.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Options.StartTimeout);
        var missing = "nothing was looked at";
        try
        {
            foreach (var host in Masters)
            {
                using var server = new ObjectClient(ConfigOf(host));
                await UntilNullAsync(() => UnreadyServerAsync(server, host, deadline.Token));
            }
            using var api = new ObjectClient(ComponentKubeconfig.Read(KubeconfigFile));
            await UntilNullAsync(() => MissingAsync(api, deadline.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PracticeException($"The practice cluster is not ready after {Options.StartTimeout}: {missing}.");
        }

        async Task UntilNullAsync(Func<Task<string?>> look)
        {
            while ((missing = await TryAsync(look, deadline.Token)) is not null) await Task.Delay(100, deadline.Token);
        }
    }

    /// <summary>Issues all certificates of the control plane again, etcd's too; what runs goes on with those that it has read.</summary>
    /// <param name="notAfter">Until when they are valid; that may have passed.</param>
    public void ReissueCertificates(DateTimeOffset notAfter)
    {
        foreach (var host in Masters)
        {
            Recipe.WriteCertificates(host, Hosts.Gateway, notAfter);
            Etcd.WriteCertificates(host, notAfter);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _entry.DisposeAsync();
        await Hosts.DisposeAsync();
        _pki.Dispose();
        Etcd.Dispose();
    }

    private static Dictionary<string, string> SharedFiles(PracticeClusterOptions options, PracticeEtcd etcd)
    {
        var files = new Dictionary<string, string>(etcd.SharedFiles);
        foreach (var (path, source) in StaticPodHost.SharedFiles) files[path] = source;
        if (options.KubernetesAssets is not { } assets) return files;
        foreach (var name in Components) files[$"/usr/local/bin/{name}"] = Path.Combine(assets, name);
        return files;
    }

    /// <summary>The administrator's way to one API server, past the entry.</summary>
    private KubernetesConnection ConfigOf(PracticeHost host) =>
        ComponentKubeconfig.Read(KubeconfigFile) with { Server = new Uri($"https://{host.Address}:{Port}") };

    private MasterRecipe Recipe => new(Options, _pki, new ComponentFlags(Options, $"{Etcd.CertificateFolder}/ca.crt"));

    private void LayOut()
    {
        Etcd.Install(Masters);
        var master = Recipe;
        var node = new NodeRecipe(Options, _pki);
        foreach (var host in Masters)
        {
            master.Install(host, Hosts.Gateway);
            if (Options.AuthorityKeysOnHosts) _pki.WriteAuthorityKeys(host.Disk, Etcd.CertificateFolder);
            if (Options.Form == EtcdForm.StaticPod) node.InstallOnMaster(host, Hosts.Gateway);
        }
        foreach (var host in Workers) node.InstallOnWorker(host, Hosts.Gateway);
    }

    private static async Task<string?> TryAsync(Func<Task<string?>> look, CancellationToken cancellationToken)
    {
        try
        {
            return await look();
        }
        catch (Exception e) when (e is ClusterHealException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // A server that starts may take a request and not answer it in time; that is no reason to give up.
            return e.Message;
        }
    }

    private static async Task<string?> UnreadyServerAsync(ObjectClient server, PracticeHost host, CancellationToken cancellationToken) =>
        await server.IsReadyAsync(cancellationToken) ? null : $"the API server of {host} is not ready";

    private async Task<string?> MissingAsync(ObjectClient api, CancellationToken cancellationToken)
    {
        foreach (var component in Components.Skip(1))
        {
            var lease = await api.GetAsync(ResourceKinds.Leases, "kube-system", component, cancellationToken);
            if (lease.Text("spec", "holderIdentity") is null or "") return $"no {component} leads";
        }
        var (nodes, _) = await api.ListAsync(ResourceKinds.Nodes, null, cancellationToken);
        var expected = Options.Form == EtcdForm.StaticPod ? Hosts.Hosts.Count : Options.Workers.Count;
        var ready = nodes.Count(node => node.ConditionTrue("Ready")
            && !node.Items("spec", "taints").Any(taint => taint.Text("key")!.StartsWith("node.kubernetes.io/", StringComparison.Ordinal)));
        return ready == expected ? null : $"{ready} of {expected} nodes are ready";
    }
}
