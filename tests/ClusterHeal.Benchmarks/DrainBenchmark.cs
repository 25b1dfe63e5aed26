using System.Globalization;
using ClusterHeal.Kubernetes;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Peers;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Benchmarks;

/// <summary>
/// Invoke-NodeDrain beside <c>kubectl drain</c>: 60 pods of three deployments leave a node, with a budget for each deployment and
/// without. Requests are those that the API server notes in its audit log. On the control plane that KUBEBUILDER_ASSETS names, else on
/// the practice one; the pods take five seconds to end, and two until they are ready.
/// </summary>
internal static class DrainBenchmark
{
    /// <summary>The word that makes this program drain a node as Invoke-NodeDrain does, as a child of the benchmark.</summary>
    public const string Drain = "drain-one";

    /// <summary>One: what the two take is mostly waiting, and hardly differs from run to run.</summary>
    private const int Rounds = 1;
    private const int Pods = 60;

    /// <summary>How many of its 20 pods a budget lets go at the same time.</summary>
    private const int AtATime = 2;

    private const string Node = "kubew01";
    private static readonly string[] Others = ["kubew02", "kubew03"];
    private static readonly string[] Workloads = ["cart", "search", "web"];

    /// <summary>Drains the node by both in turn, several times, and prints the medians.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("clusterheal-drain-").FullName;
        try
        {
            var audit = Path.Combine(folder, "audit.log");
            var policy = Path.Combine(folder, "policy.json");
            await File.WriteAllTextAsync(policy, Policy, cancellationToken);
            var options = new LocalControlPlaneOptions
            {
                KubernetesAssets = LocalControlPlaneOptions.AssetsOfEnvironment,
                Nodes = [Node, .. Others],
                ApiServerArguments = [$"--audit-log-path={audit}", $"--audit-policy-file={policy}"],
            };
            var program = Path.Combine((await new PeerCache().GetAsync(PeerSet.Kubectl, cancellationToken)).Bin, "kubectl");
            await using var plane = await LocalControlPlane.StartAsync(options, cancellationToken);
            var stage = new Stage(plane, program, audit);
            Console.WriteLine($"{Pods} pods on the {(plane.IsReal ? "real" : "practice")} control plane, whole processes, {Rounds} run(s)");
            foreach (var file in (string[])["deployments.json", "budgets.json"])
            {
                var path = Path.Combine(folder, file);
                await File.WriteAllTextAsync(path, file == "budgets.json" ? Budgets() : Deployments(), cancellationToken);
                await stage.KubectlAsync(cancellationToken, "apply", "-f", path);
                await RaceAsync(stage, file == "budgets.json" ? "a budget for each deployment" : "no budget", cancellationToken);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Drains once in this process.</summary>
    public static async Task<int> RunOursAsync(string kubeconfig, string node, CancellationToken cancellationToken)
    {
        using var client = new KubernetesClient(await KubernetesConnection.ReadAsync([kubeconfig], null, cancellationToken), TimeProvider.System);
        await new NodeDrainer(client, new NodeDrainOptions(), new SilentSink()).DrainAsync([node], null, force: false, cancellationToken);
        return 0;
    }

    private static async Task RaceAsync(Stage stage, string title, CancellationToken cancellationToken)
    {
        var theirs = stage.Plane.WriteKubeconfig("race:kubectl", "system:masters");
        var ours = stage.Plane.WriteKubeconfig("race:clusterheal", "system:masters");
        (Contender Who, string User, List<int> Requests)[] racers =
        [
            (new Contender("kubectl drain", stage.Kubectl, [$"--kubeconfig={theirs}", "drain", Node]), "race:kubectl", []),
            (Contender.Ourselves("ClusterHeal drain", Drain, ours, Node), "race:clusterheal", []),
        ];
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (who, user, requests) in racers)
            {
                await stage.GatherAsync(cancellationToken);
                var before = stage.RequestsOf(user);
                who.Runs.Add(await Measured.RunAsync(who, cancellationToken));
                requests.Add(stage.RequestsOf(user) - before);
            }
        }

        var (firstTime, firstRequests) = Median(racers[0].Who, racers[0].Requests);
        foreach (var (who, _, requests) in racers)
        {
            var (time, count) = Median(who, requests);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{title,-30} {who.Name,-18} {time.TotalSeconds,6:0.0} s {time / firstTime,5:0.00}   {count,5} requests {(double)count / firstRequests,5:0.00}"));
        }
    }

    private static (TimeSpan Time, int Requests) Median(Contender who, List<int> requests) =>
        (Measured.Median(who.Runs).Elapsed, requests.Order().ElementAt(requests.Count / 2));

    private static string Deployments() => List(Workloads.Select(name => $$"""
        {
          "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "{{name}}"},
          "spec": {
            "replicas": {{Pods / Workloads.Length}}, "selector": {"matchLabels": {"app": "{{name}}"} },
            "template": {
              "metadata": {
                "labels": {"app": "{{name}}"},
                "annotations": {"practice.clusterheal/stop-after": "5", "practice.clusterheal/ready-after": "2"}
              },
              "spec": {"containers": [{"name": "{{name}}", "image": "nginx:1.27"}]}
            }
          }
        }
        """));

    private static string Budgets() => List(Workloads.Select(name => $$"""
        {
          "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "{{name}}"},
          "spec": {"maxUnavailable": {{AtATime}}, "selector": {"matchLabels": {"app": "{{name}}"} } }
        }
        """));

    private static string List(IEnumerable<string> items) =>
        $$"""{"apiVersion": "v1", "kind": "List", "items": [{{string.Join(',', items)}}]}""";

    /// <summary>An audit policy by which each request is one line.</summary>
    public const string Policy = """
        {
          "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [{"level": "Metadata"}],
          "omitStages": ["ResponseStarted", "ResponseComplete", "Panic"]
        }
        """;

    /// <summary>The cluster between two runs.</summary>
    private sealed record Stage(LocalControlPlane Plane, string Kubectl, string Audit)
    {
        /// <summary>Brings all pods, new ones, back to the node, Ready and counted by their budgets.</summary>
        public async Task GatherAsync(CancellationToken cancellationToken)
        {
            await KubectlAsync(cancellationToken, ["cordon", .. Others]);
            await KubectlAsync(cancellationToken, "uncordon", Node);
            await KubectlAsync(cancellationToken, "delete", "pods", "--all", "--force", "--grace-period=0", "--wait=false");
            using var client = new KubernetesClient(await KubernetesConnection.ReadAsync([Plane.Kubeconfig], null, cancellationToken), TimeProvider.System);
            while (true)
            {
                var pods = await client.SnapshotAsync(Resources.Pods, ResourceQuery.All, cancellationToken);
                var budgets = await client.SnapshotAsync(Resources.Budgets, ResourceQuery.All, cancellationToken);
                var back = pods.Items.Count(p => p.IsReady && !p.IsTerminating && p.Spec.NodeName == Node);
                if (back == Pods && pods.Items.Count == Pods && budgets.Items.All(b => b.Status.DisruptionsAllowed == AtATime)) break;
                await Task.Delay(100, cancellationToken);
            }

            await KubectlAsync(cancellationToken, ["uncordon", .. Others]);
        }

        public async Task KubectlAsync(CancellationToken cancellationToken, params string[] arguments) =>
            (await Tool.RunAsync(Kubectl, [$"--kubeconfig={Plane.Kubeconfig}", .. arguments], cancellationToken)).Expect();

        public int RequestsOf(string user) =>
            File.ReadLines(Audit).Count(line => line.Contains($"\"username\":\"{user}\"", StringComparison.Ordinal));
    }
}
