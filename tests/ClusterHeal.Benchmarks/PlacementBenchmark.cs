using System.Globalization;
using ClusterHeal.Kubernetes;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Peers;

namespace ClusterHeal.Benchmarks;

/// <summary>
/// Get-PodPlacement beside <c>kubectl get pods -A -o json</c>, over 30,000 pods as a real server showed them, written straight into its etcd.
/// On the API server that KUBEBUILDER_ASSETS names, else on the practice one.
/// </summary>
internal static class PlacementBenchmark
{
    /// <summary>The word that makes this program look at all pods as Get-PodPlacement does, as a child of the benchmark.</summary>
    public const string Place = "place-one";

    /// <summary>One that counts: kubectl takes the better part of a minute.</summary>
    private const int Rounds = 1;

    /// <summary>The size of a field that is not read, for the second look.</summary>
    private const int Ballast = 8000;

    private const int Pods = 30_000;
    private const int Nodes = 500;

    /// <summary>Runs both in turn several times and prints the medians.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var kubectl = Path.Combine((await new PeerCache().GetAsync(PeerSet.Kubectl, cancellationToken)).Bin, "kubectl");
        var options = new LocalControlPlaneOptions
        {
            KubernetesAssets = LocalControlPlaneOptions.AssetsOfEnvironment,
            Controllers = false,
            Nodes = [],
            Etcd = new LocalEtcdOptions { Arguments = ["--quota-backend-bytes=4294967296"] },
        };
        await using var plane = await LocalControlPlane.StartAsync(options, cancellationToken);
        string[] arguments = [kubectl, $"--kubeconfig={plane.Kubeconfig}", "get", "pods", "-A", "-o", "json"];
        // The shell throws the JSON away and becomes kubectl.
        var theirs = new Contender("kubectl get pods -o json", "sh", ["-c", "exec \"$0\" \"$@\" >/dev/null", .. arguments]);
        Contender Ours() => Contender.Ourselves("ClusterHeal placement", Place, plane.Kubeconfig);
        var objects = new RecordedObjects(plane.Etcd.Endpoint);
        var bytes = await objects.WritePodsAsync(Pods, Nodes, 0, cancellationToken);
        Console.WriteLine($"{Pods} pods on the {(plane.IsReal ? "real" : "practice")} API server");
        await Race.RunAsync([theirs, Ours()], Rounds, $"{bytes} bytes", cancellationToken);

        bytes = await objects.WritePodsAsync(Pods, Nodes, Ballast, cancellationToken);
        Console.WriteLine($"the same, each with {Ballast} bytes more in an annotation that is not read");
        await Race.RunAsync([Ours()], Rounds, $"{bytes} bytes", cancellationToken);
    }

    /// <summary>Looks once in this process, and holds all results, as a variable in a script does.</summary>
    public static async Task<int> RunOursAsync(string kubeconfig, CancellationToken cancellationToken)
    {
        using var client = new KubernetesClient(await KubernetesConnection.ReadAsync([kubeconfig], null, cancellationToken), TimeProvider.System);
        var sink = new KeepingSink();
        await new PodPlacementQuery().RunAsync(client, sink, cancellationToken);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{sink.Records.Count} pods on {sink.Records.OfType<PodPlacement>().DistinctBy(p => p.NodeName).Count()} nodes"));
        return sink.Records.Count == Pods ? 0 : 1;
    }

    private sealed class KeepingSink : IOperationSink
    {
        public List<object> Records { get; } = [];

        public void Emit(object record) => Records.Add(record);

        public void Fail(ClusterHealException fault) => throw fault;

        public void Progress(OperationProgress progress)
        {
        }

        public void Verbose(string message)
        {
        }

        public void Warning(string message)
        {
        }

        public Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken) => Task.FromResult(true);

        public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken) => Task.FromResult(true);
    }
}
