using System.Security.Cryptography;
using ClusterHeal.Practice.ControlPlane;
using ClusterHeal.Practice.ControlPlane.Client;
using ClusterHeal.Practice.ControlPlane.Objects;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Pki;

namespace ClusterHeal.Practice.Clusters;

/// <summary>
/// A whole control plane on loopback: a real etcd, an API server, a controller manager, a scheduler and kubelets, each a process of its
/// own. Its processes end with ours at the latest, its temporary folder goes when it is disposed of.
/// </summary>
public sealed class LocalControlPlane : IAsyncDisposable
{
    private const string Masters = "system:masters";
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-kube-").FullName;
    private readonly LocalControlPlaneOptions _options;
    private readonly CertificateAuthority _authority = CertificateAuthority.Create("practice kubernetes CA");
    private readonly int _port = LoopbackPorts.Take(1)[0];

    private LocalControlPlane(LocalControlPlaneOptions options, LocalEtcd etcd)
    {
        _options = options;
        Etcd = etcd;
        Kubeconfig = WriteKubeconfig("admin", Masters);
        var addresses = RandomNumberGenerator.GetInt32(1, 255) * 256 + RandomNumberGenerator.GetInt32(0, 256);
        NodeAddresses = options.Nodes.Select((name, i) => (name, Address: $"127.{addresses / 256}.{addresses % 256}.{i + 1}"))
            .ToDictionary(node => node.name, node => node.Address);
        WriteServerFiles();
        ApiServer = Make("apiserver", ApiServerArguments(_port));
        ControllerManager = Make("controller-manager", ControllerManagerArguments());
        Scheduler = Make("scheduler", SchedulerArguments());
        Kubelets = options.Nodes.ToDictionary(name => name, MakeKubelet);
    }

    /// <summary>The etcd below.</summary>
    public LocalEtcd Etcd { get; }

    /// <summary>True if the API server, the controller manager and the scheduler are the real ones.</summary>
    public bool IsReal => _options.KubernetesAssets is not null;

    /// <summary>The kubeconfig of an administrator, a file.</summary>
    public string Kubeconfig { get; }

    /// <summary>The URL of the API server.</summary>
    public string Server => $"https://127.0.0.1:{_port}";

    /// <summary>The authority of its certificates. More certificates for tests come from here.</summary>
    public CertificateAuthority Authority => _authority;

    /// <summary>The token of a user <c>tester</c> who may look at discovery only.</summary>
    public string Token { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    /// <summary>The token of an administrator.</summary>
    public string AdminToken { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    /// <summary>The API server.</summary>
    public LocalComponent ApiServer { get; }

    /// <summary>The controller manager.</summary>
    public LocalComponent ControllerManager { get; }

    /// <summary>The scheduler.</summary>
    public LocalComponent Scheduler { get; }

    /// <summary>The kubelets by the names of their nodes.</summary>
    public IReadOnlyDictionary<string, LocalComponent> Kubelets { get; }

    /// <summary>The addresses of the nodes by their names; node ports answer there.</summary>
    public IReadOnlyDictionary<string, string> NodeAddresses { get; }

    /// <summary>Starts a control plane and waits until the API server and all nodes are ready.</summary>
    public static async Task<LocalControlPlane> StartAsync(LocalControlPlaneOptions options, CancellationToken cancellationToken)
    {
        var plane = new LocalControlPlane(options, await LocalEtcd.StartAsync(options.Etcd, cancellationToken));
        try
        {
            plane.ApiServer.Start();
            if (options.Controllers)
            {
                // The practice components wait for the API server by themselves, the real ones give up.
                if (plane.IsReal) await plane.WaitUntilServingAsync(cancellationToken);
                plane.ControllerManager.Start();
                plane.Scheduler.Start();
                foreach (var kubelet in plane.Kubelets.Values) kubelet.Start();
            }
            await plane.WaitUntilServingAsync(cancellationToken);
            if (options.Controllers) await plane.WaitUntilNodesAreReadyAsync(cancellationToken);
            return plane;
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes a kubeconfig for somebody else.</summary>
    /// <param name="user">The user.</param>
    /// <param name="group">The user's group, or null.</param>
    /// <returns>The path of the file.</returns>
    public string WriteKubeconfig(string user, string? group)
    {
        var certificate = _authority.Issue(user, [], group);
        var path = Path.Combine(_folder, $"{user.Replace(':', '-')}.kubeconfig");
        var text = ComponentKubeconfig.Text(Server, _authority.CertificatePem, user, certificate.CertificatePem, certificate.KeyPem);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Makes another API server over the same etcd, which the caller starts and disposes of.</summary>
    /// <param name="port">Where it will listen on 127.0.0.1.</param>
    public LocalComponent MakeApiServer(out int port)
    {
        port = LoopbackPorts.Take(1)[0];
        return Make("apiserver", ApiServerArguments(port), $"apiserver-{port}");
    }

    /// <summary>Waits until the API server calls itself ready.</summary>
    public Task WaitUntilServingAsync(CancellationToken cancellationToken) =>
        WaitAsync("The API server is not ready", ApiServer, async (api, token) => await api.IsReadyAsync(token), cancellationToken);

    /// <summary>Waits until all nodes are ready.</summary>
    public Task WaitUntilNodesAreReadyAsync(CancellationToken cancellationToken) => WaitAsync(
        "Not all nodes are ready",
        ControllerManager,
        async (api, token) =>
        {
            var (nodes, _) = await api.ListAsync(ResourceKinds.Nodes, null, token);
            return nodes.Count(node => node.ConditionTrue("Ready") && !node.Items("spec", "taints").Any()) == _options.Nodes.Count;
        },
        cancellationToken);

    /// <summary>Ends everything and removes the temporary folder.</summary>
    public async ValueTask DisposeAsync()
    {
        LocalComponent[] all = [.. Kubelets.Values, Scheduler, ControllerManager, ApiServer];
        foreach (var component in all) await component.DisposeAsync();
        await Etcd.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WaitAsync(
        string complaint, LocalComponent component, Func<ObjectClient, CancellationToken, Task<bool>> holds,
            CancellationToken cancellationToken)
    {
        using var api = new ObjectClient(ComponentKubeconfig.Read(Kubeconfig));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_options.StartTimeout);
        try
        {
            while (true)
            {
                try
                {
                    if (await holds(api, deadline.Token)) return;
                }
                catch (Exception e) when (e is ClusterHealException
                    || (e is OperationCanceledException && !deadline.IsCancellationRequested))
                {
                    // A server that starts may take a request and not answer it in time; that is no reason to give up.
                    if (!component.IsRunning) throw new PracticeException($"'{component.Name}' ended: {component.LastWords()}", e);
                }
                await Task.Delay(50, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PracticeException($"{complaint} after {_options.StartTimeout}: {component.LastWords()}");
        }
    }

    private void WriteServerFiles()
    {
        File.WriteAllText(Path.Combine(_folder, "ca.crt"), _authority.CertificatePem);
        _authority.Issue("kube-apiserver", ["localhost", "kubernetes", "kubernetes.default.svc", "127.0.0.1", "10.96.0.1"])
            .WriteTo(_folder, "apiserver");
        File.WriteAllText(Path.Combine(_folder, "tokens.csv"), $"{Token},tester,1\n{AdminToken},token-admin,2,\"{Masters}\"\n");
        if (!IsReal) return;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path.Combine(_folder, "sa.key"), key.ExportECPrivateKeyPem() + "\n");
        File.WriteAllText(Path.Combine(_folder, "sa.pub"), key.ExportSubjectPublicKeyInfoPem() + "\n");
    }

    private string[] ApiServerArguments(int port)
    {
        string File(string name) => Path.Combine(_folder, name);
        string[] arguments =
        [
            $"--etcd-servers={string.Join(',', Etcd.Endpoints)}", "--bind-address=127.0.0.1", $"--secure-port={port}",
            $"--tls-cert-file={File("apiserver.crt")}", $"--tls-private-key-file={File("apiserver.key")}",
                $"--client-ca-file={File("ca.crt")}",
            $"--token-auth-file={File("tokens.csv")}", "--service-cluster-ip-range=10.96.0.0/16",
            $"--default-not-ready-toleration-seconds={_options.TolerationSeconds}",
            $"--default-unreachable-toleration-seconds={_options.TolerationSeconds}",
        ];
        if (Etcd.Options.Tls)
        {
            arguments = [.. arguments, $"--etcd-cafile={Etcd.CaFile}", $"--etcd-certfile={Etcd.CertFile}",
                $"--etcd-keyfile={Etcd.KeyFile}"];
        }
        if (IsReal)
        {
            arguments =
            [
                .. arguments, "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none", "--authorization-mode=Node,RBAC",
                "--service-account-issuer=https://kubernetes.default.svc", $"--service-account-key-file={File("sa.pub")}",
                $"--service-account-signing-key-file={File("sa.key")}",
            ];
        }
        return [.. arguments, .. _options.ApiServerArguments];
    }

    private string[] ControllerManagerArguments()
    {
        string[] arguments =
        [
            .. Elected("system:kube-controller-manager"), "--allocate-node-cidrs=true", "--cluster-cidr=10.244.0.0/16",
            $"--node-monitor-grace-period={Flags.Seconds(_options.NodeMonitorGracePeriod)}", "--node-monitor-period=1s",
        ];
        arguments = [.. arguments, .. _options.ControllerManagerArguments];
        if (!IsReal) return [.. arguments, "--practice-pod-gc-period=2s", "--practice-orphan-patience=5s"];
        return
        [
            .. arguments, $"--root-ca-file={Path.Combine(_folder, "ca.crt")}", "--use-service-account-credentials",
            $"--service-account-private-key-file={Path.Combine(_folder, "sa.key")}",
        ];
    }

    private string[] SchedulerArguments() => Elected("system:kube-scheduler");

    private string[] Elected(string user)
    {
        var kubeconfig = WriteKubeconfig(user, null);
        var duration = _options.LeaseDuration;
        string[] arguments =
        [
            $"--kubeconfig={kubeconfig}", "--leader-elect=true", $"--leader-elect-lease-duration={Flags.Seconds(duration)}",
            $"--leader-elect-renew-deadline={Flags.Seconds(duration * 2 / 3)}", $"--leader-elect-retry-period={Flags.Seconds(duration * 2 / 15)}",
        ];
        if (!IsReal) return arguments;
        return
        [
            .. arguments, "--bind-address=127.0.0.1", $"--secure-port={LoopbackPorts.Take(1)[0]}",
            $"--authentication-kubeconfig={kubeconfig}", $"--authorization-kubeconfig={kubeconfig}",
        ];
    }

    private LocalComponent MakeKubelet(string node)
    {
        // The real server's node authorizer hides from a node what the practice kubelet looks at beyond a kubelet's own needs.
        var kubeconfig = WriteKubeconfig($"system:node:{node}", IsReal ? Masters : "system:nodes");
        var beat = _options.NodeMonitorGracePeriod / 5;
        return new LocalComponent($"kubelet-{node}", LogOf($"kubelet-{node}"), "dotnet",
        [
            DotnetProgram.FileOf(DotnetProgram.ControlPlane), "kubelet", $"--kubeconfig={kubeconfig}", $"--hostname-override={node}", $"--node-ip={NodeAddresses[node]}",
            $"--node-status-update-frequency={Flags.Seconds(beat)}",
            $"--node-lease-duration-seconds={Math.Max(1, (int)(beat.TotalSeconds * 4))}", .. _options.KubeletArguments,
        ]);
    }

    private LocalComponent Make(string name, string[] arguments, string? label = null)
    {
        var log = LogOf(label ?? name);
        if (!IsReal) return new LocalComponent(label ?? name, log, "dotnet", [DotnetProgram.FileOf(DotnetProgram.ControlPlane), name, .. arguments]);
        return new LocalComponent(label ?? name, log, Path.Combine(_options.KubernetesAssets!, $"kube-{name}"), arguments);
    }

    private string LogOf(string name) => Path.Combine(_folder, $"{name}.log");
}
