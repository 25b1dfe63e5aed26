using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Peers;
using ClusterHeal.Practice.Pki;

namespace ClusterHeal.Benchmarks;

/// <summary>
/// Test-ClusterHealth on 1,000 nodes and 30,000 pods, beside the <c>kubectl get</c> that brings the objects which its checks go by. That
/// one judges nothing, and looks at no kubelet's certificate. On the API server that KUBEBUILDER_ASSETS names, else on the practice one.
/// Requests are those that the server notes in its audit log.
/// </summary>
internal static class HealthBenchmark
{
    /// <summary>The word that makes this program test the health once, as a child of the benchmark.</summary>
    public const string Test = "health-one";

    private const int Nodes = 1000;
    private const int Pods = 30_000;
    private const int Budgets = 300;
    private const string Kinds = "nodes,leases,pods,poddisruptionbudgets,deployments,daemonsets,statefulsets";

    /// <summary>All kubelets of the nodes are this one listener.</summary>
    private static readonly IPEndPoint Kubelet = new(IPAddress.Parse("127.0.0.13"), 10250);

    /// <summary>Runs both, one round that counts after one that does not, and prints what they took.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("clusterheal-health-").FullName;
        try
        {
            var (audit, policy) = (Path.Combine(folder, "audit.log"), Path.Combine(folder, "policy.json"));
            await File.WriteAllTextAsync(policy, DrainBenchmark.Policy, cancellationToken);
            var kubectl = Path.Combine((await new PeerCache().GetAsync(PeerSet.Kubectl, cancellationToken)).Bin, "kubectl");
            var options = new LocalControlPlaneOptions
            {
                KubernetesAssets = LocalControlPlaneOptions.AssetsOfEnvironment,
                Controllers = false,
                Nodes = [],
                Etcd = new LocalEtcdOptions { Arguments = ["--quota-backend-bytes=4294967296"] },
                ApiServerArguments = [$"--audit-log-path={audit}", $"--audit-policy-file={policy}"],
            };
            await using var plane = await LocalControlPlane.StartAsync(options, cancellationToken);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var kubelets = ServeKubeletsAsync(plane.Authority, stop.Token);
            var bytes = await FillAsync(new RecordedObjects(plane.Etcd.Endpoint), cancellationToken);
            var (theirUser, ourUser) = ("race:kubectl", "race:clusterheal");
            string[] get =
            [
                kubectl, $"--kubeconfig={plane.WriteKubeconfig(theirUser, "system:masters")}", "get", Kinds, "-A", "-o", "json",
            ];
            // The shell throws the JSON away and becomes kubectl.
            var theirs = new Contender("kubectl get -o json", "sh", ["-c", "exec \"$0\" \"$@\" >/dev/null", .. get]);
            var ours = Contender.Ourselves("ClusterHeal health", Test, plane.WriteKubeconfig(ourUser, "system:masters"));
            Console.WriteLine($"{Nodes} nodes and {Pods} pods on the {(plane.IsReal ? "real" : "practice")} API server");
            await Race.RunAsync([theirs, ours], 1, $"{bytes} bytes", cancellationToken);
            foreach (var (who, user) in new[] { (theirs, theirUser), (ours, ourUser) })
            {
                // Each ran twice; the audit log has both.
                var mark = $"\"username\":\"{user}\"";
                var requests = File.ReadLines(audit).Count(line => line.Contains(mark, StringComparison.Ordinal)) / 2;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{who.Name,-24} {requests,6} requests"));
            }

            Console.Write(ours.Runs[^1].Output);
            await stop.CancelAsync();
            await kubelets.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Tests once in this process, and holds all results, as a variable in a script does.</summary>
    public static async Task<int> RunOursAsync(string kubeconfig, CancellationToken cancellationToken)
    {
        var connection = await KubernetesConnection.ReadAsync([kubeconfig], null, cancellationToken);
        using var client = new KubernetesClient(connection, TimeProvider.System);
        var sources = new HealthSources { ClusterName = "benchmark", Kubernetes = client };
        var test = new ClusterHealthTest(sources, new HealthOptions(), TimeProvider.System);
        var results = await test.RunAsync(cancellationToken);
        var bad = results.Where(r => r.Status is CheckStatus.Fail or CheckStatus.Warning).ToList();
        foreach (var result in bad) Console.Error.WriteLine(result);
        var pods = results.Single(r => r.Name == "StuckPods");
        Console.WriteLine($"{results.Count(r => r.Status == CheckStatus.Pass)} checks pass. {pods.Message}");
        return bad.Count == 0 && pods.Message.Contains($" {Pods} ", StringComparison.Ordinal) ? 0 : 1;
    }

    private static async Task<long> FillAsync(RecordedObjects etcd, CancellationToken cancellationToken)
    {
        var bytes = await etcd.WritePodsAsync(Pods, Nodes, 0, cancellationToken);
        var node = await RecordedObjects.ReadAsync("nodes-list.http", "v1", "Node", cancellationToken);
        node["status"]!["addresses"]![0]!["address"] = Kubelet.Address.ToString();
        bytes += await etcd.WriteAsync(node, Nodes, NodeKey, cancellationToken);
        var lease = await RecordedObjects.ReadAsync("leases-list.http", "coordination.k8s.io/v1", "Lease", cancellationToken);
        // Nobody renews them while the race is on.
        lease["spec"]!["renewTime"] = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        lease["spec"]!["leaseDurationSeconds"] = 3600;
        bytes += await etcd.WriteAsync(
            lease, Nodes, (o, i) => LeaseKey(o, "kube-node-lease", RecordedObjects.NodeName(i)), cancellationToken);
        string[] leaders = ["kube-scheduler", "kube-controller-manager"];
        bytes += await etcd.WriteAsync(lease, leaders.Length, (o, i) => LeaseKey(o, "kube-system", leaders[i]), cancellationToken);
        var budget = await RecordedObjects.ReadAsync("pdbs-list.http", "policy/v1", "PodDisruptionBudget", cancellationToken);
        bytes += await etcd.WriteAsync(budget, Budgets, BudgetKey, cancellationToken);
        return bytes;

        static string NodeKey(JsonObject node, int i) => $"minions/{node["metadata"]!["name"] = RecordedObjects.NodeName(i)}";

        static string BudgetKey(JsonObject budget, int i) =>
            $"poddisruptionbudgets/{budget["metadata"]!["namespace"] = RecordedObjects.Team(i)}/nginx";

        static string LeaseKey(JsonObject lease, string ns, string name)
        {
            (lease["metadata"]!["namespace"], lease["metadata"]!["name"]) = (ns, name);
            return $"leases/{ns}/{name}";
        }
    }

    /// <summary>Shows a kubelet's certificate to whoever comes, and nothing else.</summary>
    private static async Task ServeKubeletsAsync(CertificateAuthority authority, CancellationToken cancellationToken)
    {
        var issued = authority.Issue("kubelet", [Kubelet.Address.ToString()]);
        using var certificate = X509Certificate2.CreateFromPem(issued.CertificatePem, issued.KeyPem);
        using var listener = new TcpListener(Kubelet);
        listener.Start(backlog: 1024);
        while (true) _ = ShowAsync(await listener.AcceptTcpClientAsync(cancellationToken), certificate, cancellationToken);
    }

    private static async Task ShowAsync(TcpClient client, X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        using (client)
        {
            try
            {
                await using var stream = new SslStream(client.GetStream());
                var options = new SslServerAuthenticationOptions { ServerCertificate = certificate };
                await stream.AuthenticateAsServerAsync(options, cancellationToken);
            }
            catch (Exception e) when (e is IOException or AuthenticationException or OperationCanceledException)
            {
                return; // The health test only looks at the certificate, and goes.
            }
        }
    }
}
