using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClusterHeal.Common;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations.Drills;

/// <summary>
/// Whether the canary serves, by HTTP on the node port of nodes: from here if that works, otherwise through a control-plane host. Each question is a
/// new connection, as a user's would be.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="canary">The canary.</param>
/// <param name="without">A node that is not asked, because it is the broken one; or null.</param>
internal sealed class ServingProbe(DrillCluster cluster, Canary canary, string? without)
{
    public const string Name = "canary serves";

    private const int MostNodes = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private IReadOnlyList<(string Address, DrillHost? By)> _ways = [];

    /// <summary>True for an answer that means that users are served.</summary>
    public static bool Serves(string answer) => answer.StartsWith("yes", StringComparison.Ordinal);

    /// <summary>Finds the nodes that answer, and how they are reached.</summary>
    /// <returns>False if none answers yet.</returns>
    public async Task<bool> FindWaysAsync(CancellationToken cancellationToken)
    {
        var ways = new List<(string Address, DrillHost? By)>();
        var nodes = cluster.Workers.Where(n => n.Metadata.Name != without).Select(Address).OfType<string>().Take(MostNodes);
        DrillHost?[] by = [null, .. cluster.Hosts.Take(1)];
        foreach (var address in nodes)
        {
            foreach (var host in by)
            {
                if (!await AnswersAsync(address, host, cancellationToken).ConfigureAwait(false)) continue;
                ways.Add((address, host));
                break;
            }
        }

        _ways = ways;
        return ways.Count > 0;
    }

    /// <summary>Asks all these nodes.</summary>
    public async Task<string> AskAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(_ways.Select(async way =>
            // One connection may fail while the nodes' rules change. A second one right after it does not.
            await AnswersAsync(way.Address, way.By, cancellationToken).ConfigureAwait(false)
            || await AnswersAsync(way.Address, way.By, cancellationToken).ConfigureAwait(false))).ConfigureAwait(false);
        var good = answers.Count(a => a);
        return good == 0 ? "no" : string.Create(CultureInfo.InvariantCulture, $"yes, by {good} of {answers.Length} nodes");
    }

    private static string? Address(Node node) => node.Status.Addresses?.FirstOrDefault(a => a.Type == "InternalIP")?.Address;

    private async Task<bool> AnswersAsync(string address, DrillHost? by, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        using var handler = HttpFactory.Handler();
        if (by is not null) handler.ConnectCallback = (context, stop) => by.Shell.DialAsync(address, context.DnsEndPoint.Port, stop);
        using var client = HttpFactory.Client(handler);
        try
        {
            var host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
            using var answer = await client.GetAsync(new Uri($"http://{host}:{canary.NodePort}/"), deadline.Token).ConfigureAwait(false);
            return answer.StatusCode < HttpStatusCode.InternalServerError;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or ClusterHealException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
