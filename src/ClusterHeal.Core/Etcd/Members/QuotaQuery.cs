using System.Globalization;
using System.Net.Security;

namespace ClusterHeal.Etcd.Members;

/// <summary>
/// Reads the quota of a member's database from its metrics (<c>GET /metrics</c>, on the client port unless HTTP has a port of its own). The status
/// has it from 3.6 on, and correctly from 3.6.6 on (etcd: CHANGELOG-3.6.md).
/// </summary>
internal static class QuotaQuery
{
    /// <summary>etcd: server/storage/metrics.go, and server/etcdserver/metrics.go before 3.6.</summary>
    private const string Metric = "etcd_server_quota_backend_bytes ";

    private const int MaxAnswerSize = 8 * 1024 * 1024;

    /// <summary>Asks a member.</summary>
    /// <param name="connection">Trust, dialer and timeouts.</param>
    /// <param name="endpoint">The member.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Bytes, below zero if there is no quota; null if the member does not say.</returns>
    public static async Task<long?> FindAsync(EtcdConnection connection, EtcdEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var channel = new HttpChannel(
            endpoint.WithScheme(connection.Tls is not null || connection.Insecure), connection, SslApplicationProtocol.Http11);
        using var deadline = new CallDeadline(connection.CallTimeout, cancellationToken);
        try
        {
            var metrics = new Uri(channel.Root, "/metrics");
            using var response = await channel.Http.GetAsync(metrics, HttpCompletionOption.ResponseHeadersRead, deadline.Token)
                .ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) return null;
            await response.Content.LoadIntoBufferAsync(MaxAnswerSize).ConfigureAwait(false);
            return Parse(await response.Content.ReadAsStringAsync(deadline.Token).ConfigureAwait(false));
        }
        catch (Exception e) when (!deadline.CancelledByCaller && e is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Finds the quota among the metrics, one a line: <c>etcd_server_quota_backend_bytes 2.147483648e+09</c>.</summary>
    internal static long? Parse(string metrics) =>
        metrics.Split('\n').FirstOrDefault(l => l.StartsWith(Metric, StringComparison.Ordinal)) is { } line
        && double.TryParse(line[Metric.Length..], NumberStyles.Float, CultureInfo.InvariantCulture, out var bytes) && double.IsFinite(bytes)
            ? (long)bytes
            : null;
}
