using System.Globalization;
using ClusterHeal.Common;
using ClusterHeal.Etcd;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Tests.Operations.Repairs;

/// <summary>A client that writes one number after the other, keeps which were acknowledged, and never tries one again.</summary>
internal sealed class CountingWriter : IAsyncDisposable
{
    private const string Prefix = "counted/";
    private readonly CancellationTokenSource _stop = new();
    private readonly EtcdConnection _connection;
    private readonly Task _writing;

    /// <summary>Begins to write.</summary>
    /// <param name="endpoints">The members that it writes to, in turn.</param>
    /// <param name="files">CA, certificate and key.</param>
    public CountingWriter(string[] endpoints, (string CaFile, string CertFile, string KeyFile) files)
    {
        static PemText Pem(string path) => new(path, File.ReadAllText(path));
        _connection = new EtcdConnection
        {
            Endpoints = EtcdEndpoint.ParseMany(endpoints),
            Tls = new TlsMaterial(Pem(files.CaFile), Pem(files.CertFile), Pem(files.KeyFile)),
        };
        _writing = WriteAsync();
    }

    /// <summary>The numbers that were acknowledged.</summary>
    public List<int> Acknowledged { get; } = [];

    /// <summary>Why others were not.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>Waits until so many more were acknowledged: the cluster takes writes.</summary>
    public async Task AwaitMoreAsync(int count, CancellationToken cancellationToken)
    {
        var wanted = Acknowledged.Count + count;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (Acknowledged.Count < wanted) await Task.Delay(50, patience.Token);
    }

    /// <summary>Stops, and asserts that each member has all that was acknowledged.</summary>
    /// <param name="endpoints">The members.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task AssertNothingLostAsync(string[] endpoints, CancellationToken cancellationToken)
    {
        await StopAsync();
        Assert.NotEmpty(Acknowledged);
        foreach (var endpoint in EtcdEndpoint.ParseMany(endpoints))
        {
            using var client = _connection.Open(endpoint);
            var range = new RangeRequest { Key = ByteString.CopyFromUtf8(Prefix), RangeEnd = ByteString.CopyFromUtf8("counted0"), KeysOnly = true };
            var keys = (await client.RangeAsync(range, cancellationToken)).Kvs.Select(pair => int.Parse(pair.Key.ToStringUtf8()[Prefix.Length..], CultureInfo.InvariantCulture));
            Assert.Empty(Acknowledged.Except(keys));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _connection.Tls?.Dispose();
        _stop.Dispose();
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _writing;
    }

    private async Task WriteAsync()
    {
        var clients = _connection.Endpoints.Select(_connection.Open).ToArray();
        try
        {
            for (var number = 0; !_stop.IsCancellationRequested; number++)
            {
                var key = ByteString.CopyFromUtf8($"{Prefix}{number:D8}");
                try
                {
                    await clients[number % clients.Length].PutAsync(new PutRequest { Key = key, Value = key }, CancellationToken.None);
                    Acknowledged.Add(number);
                    await Task.Delay(20);
                }
                catch (EtcdException e)
                {
                    Refused.Add(e.Message);
                }
            }
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }
    }
}
