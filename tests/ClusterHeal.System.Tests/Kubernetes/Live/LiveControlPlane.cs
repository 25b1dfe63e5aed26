using ClusterHeal.Kubernetes;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Peers;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>
/// A control plane on loopback over a real etcd, for one of the two runs of a test class: the practice one, or the real one where
/// KUBEBUILDER_ASSETS names a folder with kube-apiserver and the others. <see cref="FakeKubelets"/> says what kubelets would say.
/// </summary>
public abstract class LiveControlPlane(bool isReal, TimeSpan silence) : IAsyncLifetime
{
    private readonly string? _assets = isReal ? LocalControlPlaneOptions.AssetsOfEnvironment : null;
    private LocalControlPlane? _plane;
    private string? _kubectl;

    /// <summary>True where the programs are Kubernetes' own.</summary>
    public bool IsReal => isReal;

    /// <summary>The processes below.</summary>
    public LocalControlPlane Plane => _plane!;

    /// <summary>Skips the test where the real programs are wanted and there are none.</summary>
    public void Require() =>
        Assert.SkipWhen(isReal && _assets is null, "KUBEBUILDER_ASSETS does not name a folder with kube-apiserver and the others.");

    public async ValueTask InitializeAsync()
    {
        if (isReal && _assets is null) return;
        _plane = await StartAsync(new LocalControlPlaneOptions { NodeMonitorGracePeriod = silence });
    }

    public async ValueTask DisposeAsync()
    {
        if (_plane is not null) await _plane.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Another control plane of the same programs, for a test that breaks it. It has no kubelets.</summary>
    public Task<LocalControlPlane> StartAsync(LocalControlPlaneOptions options) => LocalControlPlane.StartAsync(
        options with
        {
            KubernetesAssets = _assets,
            Nodes = [],
            // Pods come without service accounts, whose tokens nobody here needs; the quick tests are not to be throttled.
            ApiServerArguments = isReal ? [.. options.ApiServerArguments, "--disable-admission-plugins=ServiceAccount"] : options.ApiServerArguments,
            ControllerManagerArguments = isReal ? ["--kube-api-qps=300", "--kube-api-burst=600"] : [],
        },
        TestContext.Current.CancellationToken);

    /// <summary>Controller manager and scheduler end when the API server is away for longer than their lease; on a host something starts them again.</summary>
    public void RestartControllersIfGone()
    {
        foreach (var component in new[] { Plane.ControllerManager, Plane.Scheduler })
        {
            if (!component.IsRunning) component.Start();
        }
    }

    /// <summary>A client of ours, as administrator or by another kubeconfig.</summary>
    public async Task<KubernetesClient> ConnectAsync(string? kubeconfig = null) => new(await ConnectionAsync(kubeconfig), TimeProvider.System);

    internal Task<KubernetesConnection> ConnectionAsync(string? kubeconfig = null) =>
        KubernetesConnection.ReadAsync([kubeconfig ?? Plane.Kubeconfig], null, TestContext.Current.CancellationToken);

    /// <summary>Plain HTTP with JSON, for what a test sets up and looks at without our client.</summary>
    public RawApi Api() => new(Plane);

    /// <summary>Runs the real kubectl: Kubernetes' own beside its server, else Debian's.</summary>
    public async Task<ToolResult> KubectlAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        _kubectl ??= Path.Combine(_assets ?? (await new PeerCache().GetAsync(PeerSet.Kubectl, cancellationToken)).Bin, "kubectl");
        return await Tool.RunAsync(_kubectl, [$"--kubeconfig={Plane.Kubeconfig}", .. arguments], cancellationToken);
    }

    public static async Task Eventually(Func<Task<bool>> condition, string what, int seconds = 180)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var late = TimeProvider.System.GetElapsedTime(start).TotalSeconds > seconds;
            try
            {
                if (await condition()) return;
            }
            catch (Exception e) when (e is HttpRequestException or ClusterHealException && !late)
            {
                // Not there yet.
            }

            Assert.False(late, $"Waited {seconds} s for {what}.");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }
}

/// <summary>The practice control plane, where a silent node is noticed soon.</summary>
public sealed class PracticePlane() : LiveControlPlane(isReal: false, TimeSpan.FromSeconds(16));

/// <summary>The real control plane, where a silent node is noticed soon.</summary>
public sealed class RealPlane() : LiveControlPlane(isReal: true, TimeSpan.FromSeconds(16));

/// <summary>One practice control plane for all tests that leave it as it was.</summary>
[CollectionDefinition(Name)]
public sealed class PracticeCollection : ICollectionFixture<PracticePlane>
{
    public const string Name = "the practice control plane";
}

/// <summary>One real control plane for the same tests.</summary>
[CollectionDefinition(Name)]
public sealed class RealCollection : ICollectionFixture<RealPlane>
{
    public const string Name = "the real control plane";
}
