using ClusterHeal.Common;
using ClusterHeal.Kubernetes;
using ClusterHeal.Practice.Clusters;

namespace ClusterHeal.Practice.Tour.Scenes;

/// <summary>What the scenes on the whole cluster have in common: the connection, kubectl, and nginx behind a node port.</summary>
internal sealed class ClusterStory : IAsyncDisposable
{
    private const string Samples = "samples/";
    private const int NodePort = 30080;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly Dictionary<string, string> NoOptions = [];
    private readonly TourStage _stage;

    private ClusterStory(TourStage stage, PracticeCluster cluster, KubernetesClient client)
    {
        _stage = stage;
        Cluster = cluster;
        Client = client;
    }

    /// <summary>The cluster.</summary>
    public PracticeCluster Cluster { get; }

    /// <summary>The client of its API.</summary>
    public KubernetesClient Client { get; }

    /// <summary>Connects, and brings nginx to the workers.</summary>
    public static async Task<ClusterStory> BeginAsync(TourStage stage, CancellationToken cancellationToken)
    {
        stage.Say("Five hosts boot: three have a control plane and a member of etcd each, two are workers.");
        var cluster = await stage.Cluster.GetAsync(cancellationToken);
        File.Copy(cluster.KubeconfigFile, stage.File("admin.conf"));
        TourLogin.LayKeys(stage, cluster.Hosts);
        var wanted = new ClusterConnection { ClusterName = "practice", Kubeconfig = [stage.File("admin.conf")] };
        var connected = await stage.RunAsync("Connect-Cluster -Kubeconfig admin.conf -ClusterName practice", async sink =>
            sink.Emit(await ClusterConnector.ConnectAsync(wanted, TourLogin.Shells, cancellationToken)));
        var story = new ClusterStory(
            stage, cluster, await ClusterConnector.OpenAsync(connected.One<ClusterConnection>(), TourLogin.Shells, cancellationToken));
        await story.DeployAsync(cancellationToken);
        return story;
    }

    /// <summary>Shows and runs a command of kubectl, which has to succeed.</summary>
    public async Task KubectlAsync(string arguments, CancellationToken cancellationToken)
    {
        var result = await _stage.RunToolAsync(
            $"kubectl {arguments}", () => _stage.Cluster.KubectlAsync(_stage.Folder, arguments, cancellationToken));
        TourStage.Expect(result.ExitCode == 0, $"'kubectl {arguments}' succeeds");
    }

    /// <summary>Shows where the pods are.</summary>
    public async Task<IReadOnlyList<PodPlacement>> LookAsync(
        string command, IReadOnlyList<PodPlacement>? changedSince, CancellationToken cancellationToken)
    {
        var query = new PodPlacementQuery { Namespace = "default", ChangedSince = changedSince };
        var result = await _stage.RunAsync(command, sink => query.RunAsync(Client, sink, cancellationToken));
        return [.. result.Records.OfType<PodPlacement>()];
    }

    /// <summary>Where the pods are, without showing it.</summary>
    public async Task<IReadOnlyList<PodPlacement>> PodsAsync(CancellationToken cancellationToken)
    {
        var sink = new TourSink(_ => { }, atStep: null);
        await new PodPlacementQuery { Namespace = "default" }.RunAsync(Client, sink, cancellationToken);
        return [.. sink.Records.OfType<PodPlacement>()];
    }

    /// <summary>Shows that a worker's node port answers with nginx's page.</summary>
    public async Task BrowseAsync(string worker, CancellationToken cancellationToken)
    {
        var address = $"http://{Cluster.Hosts[worker].Address}:{NodePort}";
        using var http = HttpFactory.Client();
        http.Timeout = TimeSpan.FromSeconds(5);
        await UntilAsync(() => AnswersAsync(http, new Uri(address), cancellationToken), $"nginx answers at {address}", cancellationToken);
        _stage.Run($"(Invoke-WebRequest {address}).Content -match 'Welcome to nginx!'", () => { });
        _stage.Print("True");
    }

    /// <summary>Waits until something holds, and fails the tour where it takes too long.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, string announcement, CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            TourStage.Expect(TimeProvider.System.GetElapsedTime(since) < Patience, announcement);
            await Task.Delay(200, cancellationToken);
        }
    }

    /// <summary>How to log in to a host.</summary>
    public HostConnection Login(string host) => TourLogin.To(_stage, Cluster.Hosts[host], NoOptions);

    /// <summary>Shows how the user keeps the login.</summary>
    public void SayLogin() => TourLogin.Say(_stage, NoOptions);

    /// <summary>Connects anew, with the control-plane hosts.</summary>
    public async Task<ClusterConnection> ConnectHostsAsync(CancellationToken cancellationToken)
    {
        SayLogin();
        var login = Login(Cluster.Masters[0].Name);
        var wanted = new ClusterConnection
        {
            ClusterName = "practice",
            Kubeconfig = [_stage.File("admin.conf")],
            HostName = [.. Cluster.Masters.Select(host => host.Address)],
            UserName = login.UserName,
            KeyFilePath = login.KeyFilePath,
            SshOption = login.SshOption,
        };
        var command = $"Connect-Cluster -Kubeconfig admin.conf -ClusterName practice -HostName {string.Join(", ", wanted.HostName)} @login";
        var connected = await _stage.RunAsync(command, async sink => sink.Emit(await ClusterConnector.ConnectAsync(wanted, TourLogin.Shells, cancellationToken)));
        return connected.One<ClusterConnection>();
    }

    /// <summary>Removes nginx, so that the next scene finds the cluster as this one did.</summary>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        const string Remove = "delete deployment,service,poddisruptionbudget nginx --ignore-not-found --cascade=foreground --timeout=180s";
        await _stage.Cluster.KubectlAsync(_stage.Folder, Remove, CancellationToken.None);
    }

    private async Task DeployAsync(CancellationToken cancellationToken)
    {
        foreach (var name in (string[])["nginx-deploy.yaml", "nginx-svc.yaml"])
        {
            await using var file = File.Create(_stage.File(name));
            await using var resource = typeof(ClusterStory).Assembly.GetManifestResourceStream(Samples + name)!;
            await resource.CopyToAsync(file, cancellationToken);
        }
        await KubectlAsync("create -f nginx-deploy.yaml -f nginx-svc.yaml", cancellationToken);
        await KubectlAsync("rollout status deployment nginx --timeout=180s", cancellationToken);
    }

    private static async Task<bool> AnswersAsync(HttpClient http, Uri page, CancellationToken cancellationToken)
    {
        try
        {
            return (await http.GetStringAsync(page, cancellationToken)).Contains("Welcome to nginx!", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
