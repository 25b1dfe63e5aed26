using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterHeal.Etcd;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Benchmarks;

/// <summary>
/// Objects as a real server showed them, many times over, written straight into an API server's etcd, which is the fastest way.
/// </summary>
/// <param name="etcdEndpoint">The etcd of the API server.</param>
internal sealed class RecordedObjects(string etcdEndpoint)
{
    private const int PerTransaction = 100;

    /// <summary>The first object of a recorded list.</summary>
    /// <param name="file">The recording, in tests/Fixtures/kubernetes/api.</param>
    /// <param name="apiVersion">The version, which the items of a list leave out.</param>
    /// <param name="kind">The kind, likewise.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<JsonObject> ReadAsync(string file, string apiVersion, string kind, CancellationToken cancellationToken)
    {
        var recorded = await File.ReadAllTextAsync(
            Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../Fixtures/kubernetes/api", file)), cancellationToken);
        var item = JsonNode.Parse(recorded[recorded.IndexOf("\n{", StringComparison.Ordinal)..])!["items"]![0]!.AsObject();
        (item["apiVersion"], item["kind"]) = (apiVersion, kind);
        item["metadata"]!.AsObject().Remove("resourceVersion");
        return item;
    }

    /// <summary>Writes an object many times.</summary>
    /// <param name="template">The object; it is changed for each one.</param>
    /// <param name="count">How many there are to be.</param>
    /// <param name="change">Makes the next one of it, and says its key behind <c>/registry/</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Their size as JSON.</returns>
    public async Task<long> WriteAsync(
        JsonObject template, int count, Func<JsonObject, int, string> change, CancellationToken cancellationToken)
    {
        var endpoint = EtcdEndpoint.Parse(etcdEndpoint);
        using var etcd = new EtcdConnection { Endpoints = [endpoint], CallTimeout = TimeSpan.FromMinutes(1) }.Open(endpoint);
        var bytes = 0L;
        for (var first = 0; first < count; first += PerTransaction)
        {
            var request = new TxnRequest();
            for (var i = first; i < Math.Min(first + PerTransaction, count); i++)
            {
                var key = change(template, i);
                template["metadata"]!["uid"] = new Guid(i, 0, 0, new byte[8]).ToString();
                var json = JsonSerializer.SerializeToUtf8Bytes(template);
                bytes += json.Length;
                var path = ByteString.CopyFrom($"/registry/{key}", Encoding.UTF8);
                var put = new PutRequest { Key = path, Value = ByteString.CopyFrom(json) };
                request.Success.Add(new RequestOp { RequestPut = put });
            }

            await etcd.TxnAsync(request, cancellationToken);
        }

        return bytes;
    }

    /// <summary>Writes pods of 300 namespaces: 30,000 of them are 100 in each.</summary>
    /// <param name="count">How many.</param>
    /// <param name="nodes">On how many nodes.</param>
    /// <param name="ballast">The size of a field of each that nobody reads.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Their size as JSON.</returns>
    public async Task<long> WritePodsAsync(int count, int nodes, int ballast, CancellationToken cancellationToken)
    {
        var pod = await ReadAsync("pods-on-node.http", "v1", "Pod", cancellationToken);
        if (ballast > 0) pod["metadata"]!["annotations"] = new JsonObject { ["example.com/notes"] = new string('x', ballast) };
        return await WriteAsync(pod, count, Next, cancellationToken);

        string Next(JsonObject pod, int i)
        {
            var meta = pod["metadata"]!;
            var (ns, name) = (Team(i), $"web-{i:00000}");
            (meta["namespace"], meta["name"]) = (ns, name);
            pod["spec"]!["nodeName"] = NodeName(i % nodes);
            return $"pods/{ns}/{name}";
        }
    }

    /// <summary>The name of one of the 300 namespaces.</summary>
    public static string Team(int i) => $"team-{i % 300:000}";

    /// <summary>The name of a node.</summary>
    public static string NodeName(int i) => $"node-{i:000}";
}
