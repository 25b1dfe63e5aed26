using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Tests.Module;

/// <summary>A real etcd over TLS with some MiB in it, started by the first file that needs one.</summary>
public sealed class RealEtcd : IAsyncDisposable
{
    private LocalEtcd? _etcd;
    private SlowRelay? _relay;

    /// <summary>Starts it.</summary>
    /// <returns>How to reach it, as environment variables.</returns>
    public async Task<Dictionary<string, string?>> StartAsync(CancellationToken cancellationToken)
    {
        _etcd ??= await FillAsync(await LocalEtcd.StartAsync(new LocalEtcdOptions { Tls = true }, cancellationToken), cancellationToken);
        _relay ??= new SlowRelay(new Uri(_etcd.Endpoint).Port);
        return new Dictionary<string, string?>
        {
            ["CLUSTERHEAL_TEST_ENDPOINT"] = _etcd.Endpoint,
            ["CLUSTERHEAL_TEST_SLOW_ENDPOINT"] = $"https://127.0.0.1:{_relay.Port}",
            ["CLUSTERHEAL_TEST_CA"] = _etcd.CaFile,
            ["CLUSTERHEAL_TEST_CERT"] = _etcd.CertFile,
            ["CLUSTERHEAL_TEST_KEY"] = _etcd.KeyFile,
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_relay is not null) await _relay.DisposeAsync();
        if (_etcd is not null) await _etcd.DisposeAsync();
    }

    private static async Task<LocalEtcd> FillAsync(LocalEtcd etcd, CancellationToken cancellationToken)
    {
        var value = new string('x', 100_000);
        for (var i = 0; i < 40; i++) (await etcd.EtcdCtlAsync(cancellationToken, "put", $"/filler/{i}", value)).Expect();
        return etcd;
    }
}
