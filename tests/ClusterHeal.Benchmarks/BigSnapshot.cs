using System.Globalization;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Protocol;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Peers;
using Google.Protobuf;

namespace ClusterHeal.Benchmarks;

/// <summary>
/// A snapshot of 1 GiB with a million keys in the form of Kubernetes', written through a real etcd. Making it takes a minute or
/// two, so it is kept in the user's cache folder.
/// </summary>
internal static class BigSnapshot
{
    private const int Keys = 1_000_000;
    private const int Updates = 40_000;
    private const int ValueSize = 900;
    private const int KeysPerTransaction = 100;

    /// <summary>The path of the snapshot, which is made if it is not there.</summary>
    public static async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Path.GetDirectoryName(PeerCache.DefaultFolder)!, "benchmarks");
        var path = Path.Combine(folder, "1gib.db");
        if (File.Exists(path)) return path;
        Directory.CreateDirectory(folder);
        Console.Error.WriteLine($"Filling an etcd with {Keys} keys, once, for {path} ...");
        await using var etcd = await LocalEtcd.StartAsync(
            new LocalEtcdOptions { Arguments = ["--quota-backend-bytes=8589934592", "--snapshot-count=1000000"] }, cancellationToken);
        var endpoint = EtcdEndpoint.Parse(etcd.Endpoint);
        using var client = new EtcdConnection { Endpoints = [endpoint], CallTimeout = TimeSpan.FromMinutes(2) }.Open(endpoint);
        await PutAsync(client, 0, Keys, cancellationToken);
        var status = await client.StatusAsync(cancellationToken);
        await client.CompactAsync(new CompactionRequest { Revision = status.Header.Revision, Physical = true }, cancellationToken);
        await PutAsync(client, Keys - Updates, Keys, cancellationToken);
        var draft = path + ".new";
        (await etcd.EtcdCtlAsync(cancellationToken, "snapshot", "save", draft, "--command-timeout=5m")).Expect();
        File.Move(draft, path);
        return path;
    }

    private static Task PutAsync(EtcdClient client, int from, int to, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken };
        var transactions = Enumerable.Range(from / KeysPerTransaction, (to - from) / KeysPerTransaction);
        return Parallel.ForEachAsync(transactions, options, async (transaction, token) =>
        {
            var random = new Random(transaction);
            var request = new TxnRequest();
            for (var i = 0; i < KeysPerTransaction; i++)
            {
                var number = (transaction * KeysPerTransaction) + i;
                var value = new byte[ValueSize];
                random.NextBytes(value);
                var key = string.Create(CultureInfo.InvariantCulture, $"/registry/configmaps/namespace-{number % 500}/object-{number}");
                request.Success.Add(new RequestOp { RequestPut = new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFrom(value) } });
            }
            await client.TxnAsync(request, token);
        });
    }
}
