using System.Globalization;
using System.Text;
using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Kubernetes;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Etcd;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Benchmarks;

/// <summary>
/// Get-EtcdSnapshotObject on a snapshot of 1 GiB with a million objects; and Compare-EtcdSnapshot on 100,000 objects, of which 1 % changed, against a
/// snapshot, through etcd and through the API server: the one that KUBEBUILDER_ASSETS names, else the practice one.
/// </summary>
internal static class ObjectsBenchmark
{
    /// <summary>The word that makes this program list a snapshot.</summary>
    public const string List = "list-objects";

    /// <summary>The word that makes this program compare a snapshot.</summary>
    public const string Compare = "compare-objects";

    private const int Objects = 100_000;
    private const int Changed = Objects / 100;
    private const int Rounds = 3;

    /// <summary>Runs all in turn several times and prints the medians.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var big = await BigSnapshot.ManyObjects.GetAsync(cancellationToken);
        var listing = Contender.Ourselves("ClusterHeal list", List, big);
        await Race.RunAsync([listing], Rounds, $"{new FileInfo(big).Length} bytes", cancellationToken);
        Console.WriteLine(listing.Runs[0].Output.Trim());

        var options = new LocalControlPlaneOptions
        {
            KubernetesAssets = LocalControlPlaneOptions.AssetsOfEnvironment, Controllers = false, Nodes = [],
            Etcd = new LocalEtcdOptions { Arguments = ["--quota-backend-bytes=4294967296"] },
        };
        await using var plane = await LocalControlPlane.StartAsync(options, cancellationToken);
        var endpoint = EtcdEndpoint.Parse(plane.Etcd.Endpoint);
        using var client = (await ConnectAsync(plane.Etcd.Endpoint, plane.Etcd, cancellationToken)).Open(endpoint);
        await PutAsync(client, 0, Objects, cancellationToken);
        var folder = Directory.CreateTempSubdirectory("clusterheal-objects-").FullName;
        string first = Path.Combine(folder, "first.db"), second = Path.Combine(folder, "second.db");
        (await plane.Etcd.EtcdCtlAsync(cancellationToken, "snapshot", "save", first)).Expect();
        await PutAsync(client, 0, Changed, cancellationToken);
        (await plane.Etcd.EtcdCtlAsync(cancellationToken, "snapshot", "save", second)).Expect();

        Contender[] contenders =
        [
            Contender.Ourselves("against a snapshot", Compare, first, "snapshot", second),
            Contender.Ourselves("through etcd", Compare, first, "etcd", plane.Etcd.Endpoint, plane.Etcd.CaFile, plane.Etcd.CertFile, plane.Etcd.KeyFile),
            Contender.Ourselves("through the API", Compare, first, "api", plane.Kubeconfig),
        ];
        await Race.RunAsync(contenders, Rounds, $"{Objects} objects on the {(plane.IsReal ? "real" : "practice")} API server", cancellationToken);
        foreach (var contender in contenders) Console.WriteLine($"{contender.Name}: {contender.Runs[0].Output.Trim()}");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Lists once in this process.</summary>
    public static async Task<int> RunListAsync(string path, CancellationToken cancellationToken)
    {
        var sink = new CountingSink();
        await new SnapshotObjectQuery { Filter = new ObjectFilter() }.RunAsync(path, sink, cancellationToken);
        Console.WriteLine($"{sink.Count} objects");
        return sink.Count == BigSnapshot.ManyObjects.Keys ? 0 : 1;
    }

    /// <summary>Compares once in this process.</summary>
    public static async Task<int> RunCompareAsync(string path, string[] other, CancellationToken cancellationToken)
    {
        var sink = new CountingSink();
        var comparison = new SnapshotComparison { Filter = new ObjectFilter { Kind = ["configmaps"], Namespace = ["namespace-*"] } };
        using var client = other is ["api", var kubeconfig] ? new KubernetesClient(await KubernetesConnection.ReadAsync([kubeconfig], null, cancellationToken), TimeProvider.System) : null;
        using var tls = other is ["etcd", _, var ca, var cert, var key] && File.Exists(ca) ? await TlsMaterial.ReadAsync(ca, cert, key, cancellationToken) : null;
        ComparedState state = other switch
        {
            ["snapshot", var second] => new ComparedSnapshot(second),
            ["etcd", var endpoint, ..] => new ComparedEtcd(new EtcdConnection { Endpoints = [EtcdEndpoint.Parse(endpoint)], Tls = tls, CallTimeout = TimeSpan.FromMinutes(1) }),
            _ => new ComparedApi(client!),
        };
        await comparison.RunAsync(path, state, sink, cancellationToken);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sink.Count} differences, {state.Requests} requests"));
        return sink.Count == Changed ? 0 : 1;
    }

    private static async Task<EtcdConnection> ConnectAsync(string endpoint, LocalEtcd etcd, CancellationToken cancellationToken) => new()
    {
        Endpoints = [EtcdEndpoint.Parse(endpoint)],
        Tls = etcd.Options.Tls ? await TlsMaterial.ReadAsync(etcd.CaFile, etcd.CertFile, etcd.KeyFile, cancellationToken) : null,
        CallTimeout = TimeSpan.FromMinutes(1),
    };

    private static async Task PutAsync(EtcdClient client, int from, int to, CancellationToken cancellationToken)
    {
        const int Together = 100;
        for (var start = from; start < to; start += Together)
        {
            var request = new TxnRequest();
            for (var number = start; number < start + Together; number++)
            {
                var (nameSpace, name) = ($"namespace-{number % 500}", $"object-{number}");
                request.Success.Add(new RequestOp
                {
                    RequestPut = new PutRequest
                    {
                        Key = ByteString.CopyFromUtf8($"/registry/configmaps/{nameSpace}/{name}"), Value = ByteString.CopyFrom(ConfigMap(nameSpace, name, new string('x', 500))),
                    },
                });
            }

            await client.TxnAsync(request, cancellationToken);
        }
    }

    /// <summary>A config map as a server with JSON storage has it.</summary>
    internal static byte[] ConfigMap(string nameSpace, string name, string data) => Encoding.UTF8.GetBytes(
        $$$"""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"{{{name}}}","namespace":"{{{nameSpace}}}","uid":"{{{name}}}","creationTimestamp":"2026-01-02T03:04:05Z","labels":{"app":"{{{nameSpace}}}"}},"data":{"x":"{{{data}}}"}}""");

    private sealed class CountingSink : IOperationSink
    {
        public int Count { get; private set; }

        public void Emit(object record) => Count++;

        public void Fail(ClusterHealException fault) => throw fault;

        public void Progress(OperationProgress progress)
        {
        }

        public void Verbose(string message)
        {
        }

        public void Warning(string message) => Console.Error.WriteLine(message);

        public Task<bool> ConfirmAsync(string target, string action, CancellationToken cancellationToken) => Task.FromResult(true);

        public Task<bool> ConfirmDangerAsync(string caption, string question, CancellationToken cancellationToken) => Task.FromResult(true);
    }
}
