using System.Globalization;
using ClusterHeal.Etcd;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Peers;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Benchmarks;

/// <summary>
/// A snapshot of 1 GiB with keys in the form of Kubernetes', written through a real etcd. Making it takes a minute or two, so it is kept
/// in the user's cache folder.
/// </summary>
internal sealed class BigSnapshot
{
    /// <summary>
    /// A million small objects: the most work for who reads the file. Four of them fill a page of 4 KiB, as etcd fills it, to nine tenths: 1 GiB.
    /// </summary>
    public static readonly BigSnapshot ManyKeys = new("1gib-small-objects.db", keys: 1_000_000, valueSize: 800, keysPerTransaction: 100);

    /// <summary>
    /// A hundred thousand large objects, such as Helm's releases. The member that serves it has a small index; with a million keys its
    /// garbage collector is busier than the network.
    /// </summary>
    public static readonly BigSnapshot LargeObjects = new("1gib-large-objects.db", keys: 100_000, valueSize: 12_000, keysPerTransaction: 10);

    /// <summary>A million config maps as a server with JSON storage has them: the most objects that can be listed.</summary>
    public static readonly BigSnapshot ManyObjects = new("1gib-config-maps.db", keys: 1_000_000, valueSize: 600, keysPerTransaction: 100, areObjects: true);

    private readonly string _name;
    private readonly int _keys;
    private readonly int _valueSize;
    private readonly int _keysPerTransaction;
    private readonly bool _areObjects;

    private BigSnapshot(string name, int keys, int valueSize, int keysPerTransaction, bool areObjects = false) =>
        (_name, _keys, _valueSize, _keysPerTransaction, _areObjects) = (name, keys, valueSize, keysPerTransaction, areObjects);

    /// <summary>How many keys there are.</summary>
    public int Keys => _keys;

    /// <summary>The path of the snapshot, which is made if it is not there.</summary>
    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Path.GetDirectoryName(PeerCache.DefaultFolder)!, "benchmarks");
        var path = Path.Combine(folder, _name);
        if (File.Exists(path)) return path;
        Directory.CreateDirectory(folder);
        Console.Error.WriteLine($"Filling an etcd with {_keys} keys, once, for {path} ...");
        await using var etcd = await LocalEtcd.StartAsync(
            new LocalEtcdOptions { Arguments = ["--quota-backend-bytes=8589934592", "--snapshot-count=1000000"] }, cancellationToken);
        var endpoint = EtcdEndpoint.Parse(etcd.Endpoint);
        using var client = new EtcdConnection { Endpoints = [endpoint], CallTimeout = TimeSpan.FromMinutes(2) }.Open(endpoint);
        await PutAsync(client, 0, _keys, cancellationToken);
        var status = await client.StatusAsync(cancellationToken);
        await client.CompactAsync(new CompactionRequest { Revision = status.Header.Revision, Physical = true }, cancellationToken);
        await PutAsync(client, _keys / 25 * 24, _keys, cancellationToken);
        var draft = path + ".new";
        (await etcd.EtcdCtlAsync(cancellationToken, "snapshot", "save", draft, "--command-timeout=5m")).Expect();
        File.Move(draft, path);
        return path;
    }

    private Task PutAsync(EtcdClient client, int from, int to, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken };
        var transactions = Enumerable.Range(from / _keysPerTransaction, (to - from) / _keysPerTransaction);
        return Parallel.ForEachAsync(transactions, options, async (transaction, token) =>
        {
            var random = new Random(transaction);
            var request = new TxnRequest();
            for (var i = 0; i < _keysPerTransaction; i++)
            {
                var number = (transaction * _keysPerTransaction) + i;
                var value = new byte[_valueSize];
                random.NextBytes(value);
                var (nameSpace, name) = (string.Create(CultureInfo.InvariantCulture, $"namespace-{number % 500}"), string.Create(CultureInfo.InvariantCulture, $"object-{number}"));
                if (_areObjects) value = ObjectsBenchmark.ConfigMap(nameSpace, name, Convert.ToHexString(value, 0, _valueSize / 2));
                var key = $"/registry/configmaps/{nameSpace}/{name}";
                request.Success.Add(new RequestOp { RequestPut = new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFrom(value) } });
            }
            await client.TxnAsync(request, token);
        });
    }
}
