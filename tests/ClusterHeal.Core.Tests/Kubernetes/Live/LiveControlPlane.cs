using ClusterHeal.Kubernetes;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Pki;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>
/// A real kube-apiserver, kube-controller-manager and kube-scheduler on loopback over a real etcd, from the folder that
/// KUBEBUILDER_ASSETS names. There is no kubelet: <see cref="FakeKubelets"/> says what kubelets would say.
/// </summary>
public sealed class LiveControlPlane : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-kube-").FullName;
    private readonly CertificateAuthority _authority = CertificateAuthority.Create("practice kubernetes CA");
    private readonly int _port = LoopbackPorts.Take(1)[0];
    private LocalEtcd? _etcd;
    private BoundProcess? _server;
    private BoundProcess? _controllers;
    private BoundProcess? _scheduler;

    public static string? Assets { get; } = Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS");

    public string AdminKubeconfig => Path.Combine(_folder, "admin.kubeconfig");

    public static string Kubectl => Path.Combine(Assets!, "kubectl");

    public string Server => $"https://127.0.0.1:{_port}";

    public string Folder => _folder;

    /// <summary>Skips the test where there are no binaries.</summary>
    public static void Require() =>
        Assert.SkipWhen(string.IsNullOrEmpty(Assets), "KUBEBUILDER_ASSETS does not name a folder with kube-apiserver and the others.");

    public async ValueTask InitializeAsync()
    {
        if (string.IsNullOrEmpty(Assets)) return;
        var token = TestContext.Current.CancellationToken;
        _etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), token);
        File.WriteAllText(Path.Combine(_folder, "ca.crt"), _authority.CertificatePem);
        _authority.Issue("kube-apiserver", ["127.0.0.1", "localhost", "kubernetes"]).WriteTo(_folder, "server");
        _authority.Issue("service-accounts", []).WriteTo(_folder, "sa");
        File.WriteAllText(Path.Combine(_folder, "tokens.csv"), "good-token,tester,tester-1,\"system:masters\"\n");
        WriteKubeconfig("admin", "system:masters");
        WriteKubeconfig("nobody", null);
        StartServer();
        using var client = await ConnectAsync();
        await Eventually(async () => (await client.HealthAsync("/readyz", token)).StatusCode == 200, "the API server to be ready");
        StartControllers();
        StartScheduler();
        using var api = Api();
        await Eventually(async () => await api.ExistsAsync("/api/v1/namespaces/default/serviceaccounts/default"), "the controllers to work");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { _scheduler, _controllers, _server })
        {
            if (process is not null) await process.DisposeAsync();
        }

        if (_etcd is not null) await _etcd.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public void StartServer() => _server = Start(
        "kube-apiserver",
        [
            $"--etcd-servers={_etcd!.Endpoint}", $"--secure-port={_port}", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
            $"--tls-cert-file={_folder}/server.crt", $"--tls-private-key-file={_folder}/server.key", $"--client-ca-file={_folder}/ca.crt",
            $"--token-auth-file={_folder}/tokens.csv", "--service-account-issuer=https://kubernetes.default.svc",
            $"--service-account-key-file={_folder}/sa.crt", $"--service-account-signing-key-file={_folder}/sa.key",
            "--service-cluster-ip-range=10.0.0.0/24", "--authorization-mode=RBAC", "--disable-admission-plugins=ServiceAccount",
            $"--cert-dir={_folder}", "--shutdown-send-retry-after=false", "--default-unreachable-toleration-seconds=5",
        ]);

    public async Task StopServerAsync()
    {
        await _server!.KillAsync();
        await _server.DisposeAsync();
    }

    public void StartControllers() => _controllers = Start(
        "kube-controller-manager",
        [
            $"--kubeconfig={AdminKubeconfig}", "--leader-elect=true", "--secure-port=0", $"--root-ca-file={_folder}/ca.crt",
            $"--service-account-private-key-file={_folder}/sa.key", "--kube-api-qps=300", "--kube-api-burst=600", $"--cert-dir={_folder}",
            "--node-monitor-grace-period=20s", "--node-monitor-period=2s",
        ]);

    public void StartScheduler() =>
        _scheduler = Start("kube-scheduler", [$"--kubeconfig={AdminKubeconfig}", "--leader-elect=true", "--secure-port=0"]);

    /// <summary>Both exit when the API server is away for longer than their lease; on a real host something starts them again.</summary>
    public void RestartControllersIfGone()
    {
        if (_controllers!.HasExited) StartControllers();
        if (_scheduler!.HasExited) StartScheduler();
    }

    public async Task StopControllersAsync()
    {
        await _controllers!.StopAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await _controllers.DisposeAsync();
    }

    /// <summary>A client of ours, as administrator or as the user of another kubeconfig.</summary>
    public async Task<KubernetesClient> ConnectAsync(string user = "admin")
    {
        var path = Path.Combine(_folder, $"{user}.kubeconfig");
        var connection = await KubernetesConnection.ReadAsync([path], null, TestContext.Current.CancellationToken);
        return new KubernetesClient(connection, TimeProvider.System);
    }

    /// <summary>Plain HTTP with JSON, for what a test sets up and looks at without our client.</summary>
    public RawApi Api() => new(Server, _authority.CertificatePem, "good-token");

    public Task<ToolResult> KubectlAsync(params string[] arguments) =>
        Tool.RunAsync(Kubectl, [$"--kubeconfig={AdminKubeconfig}", .. arguments], TestContext.Current.CancellationToken);

    public static async Task Eventually(Func<Task<bool>> condition, string what, int seconds = 90)
    {
        var end = DateTime.UtcNow.AddSeconds(seconds);
        while (true)
        {
            try
            {
                if (await condition()) return;
            }
            catch (Exception e) when (e is HttpRequestException or ClusterHealException && DateTime.UtcNow < end)
            {
                // Not there yet.
            }

            Assert.True(DateTime.UtcNow < end, $"Waited {seconds} s for {what}.");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    private BoundProcess Start(string program, string[] arguments) =>
        BoundProcess.Start(Path.Combine(_folder, program + ".log"), Path.Combine(Assets!, program), arguments);

    private void WriteKubeconfig(string name, string? group)
    {
        var (certificate, key) = _authority.Issue(name, [], group).WriteTo(_folder, name);
        File.WriteAllText(Path.Combine(_folder, name + ".kubeconfig"), $$"""
            apiVersion: v1
            kind: Config
            current-context: practice
            clusters:
            - name: practice
              cluster: { server: "{{Server}}", certificate-authority: ca.crt }
            users:
            - name: {{name}}
              user: { client-certificate: {{Path.GetFileName(certificate)}}, client-key: {{Path.GetFileName(key)}} }
            contexts:
            - name: practice
              context: { cluster: practice, user: {{name}} }
            """);
    }
}

/// <summary>One control plane for all tests that only use it.</summary>
[CollectionDefinition(Name)]
public sealed class LiveCollection : ICollectionFixture<LiveControlPlane>
{
    public const string Name = "a real control plane";
}
