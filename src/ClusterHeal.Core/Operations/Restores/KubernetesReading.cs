using System.Globalization;
using ClusterHeal.Hosts;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations.Restores;

/// <summary>
/// What the API server of one host reads from etcd. Lists without a resource version are consistent: the server answers them from etcd's current
/// state, never from its cache, and with etcd's revision.
/// </summary>
/// <param name="Namespaces">How many namespaces there are.</param>
/// <param name="Nodes">How many nodes there are.</param>
/// <param name="Revision">The revision of etcd at which they were listed.</param>
internal sealed record KubernetesReading(int Namespaces, int Nodes, long Revision)
{
    /// <summary>Lists through a host's own API server, on that host, with an administrator's kubeconfig of that host.</summary>
    /// <param name="shell">The host.</param>
    /// <param name="server">Its API server.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null if the host has no kubeconfig that can be used from here.</returns>
    /// <exception cref="ClusterHealException">The server does not answer, or refuses.</exception>
    public static async Task<KubernetesReading?> TakeAsync(
        IHostShell shell, ComponentStatus server, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await FindAsync(shell, server, cancellationToken).ConfigureAwait(false) is not { } connection) return null;
        using var client = new KubernetesClient(connection, time);
        var namespaces = await client.SnapshotAsync(Resources.Any("v1", "namespaces"), ResourceQuery.All, cancellationToken).ConfigureAwait(false);
        var nodes = await client.SnapshotAsync(Resources.Any("v1", "nodes"), ResourceQuery.All, cancellationToken).ConfigureAwait(false);
        var isRevision = long.TryParse(nodes.ResourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var revision);
        return isRevision ? new KubernetesReading(namespaces.Items.Count, nodes.Items.Count, revision) : throw NoRevision(shell, nodes.ResourceVersion);
    }

    private static ClusterHealException NoRevision(IHostShell shell, string? version) => new(
        ErrorIds.KubernetesAnswerInvalid,
        FaultCategory.InvalidData,
        $"The API server on {shell.HostName} gave the revision '{version}' with its list of nodes, which is no number: it cannot be compared with etcd's.",
        shell.HostName,
        "See what answers on its port, and list through it with 'kubectl get nodes'.");

    private static async Task<KubernetesConnection?> FindAsync(IHostShell shell, ComponentStatus server, CancellationToken cancellationToken)
    {
        if (server.Port is not { } port || await HostKubeconfig.FindUsableAsync(shell, cancellationToken).ConfigureAwait(false) is not { } connection) return null;
        // The file may name a load balancer. The question is for this very server, whose certificate has the balancer's name.
        return connection with { Dialer = (_, _, stop) => shell.DialAsync(ApiServerProbe.AddressOf(server), port, stop) };
    }
}
