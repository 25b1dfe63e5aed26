namespace ClusterHeal.Kubernetes;

/// <summary>Makes and opens the connections that users hold.</summary>
public static class ClusterConnector
{
    /// <summary>Fills in what the kubeconfig and the API server say of a connection.</summary>
    /// <param name="wanted">What the user gave. Without a kubeconfig, and with etcd or hosts alone, the API server is left out.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ClusterHealException">The kubeconfig is not usable, or the API server does not answer.</exception>
    public static async Task<ClusterConnection> ConnectAsync(ClusterConnection wanted, CancellationToken cancellationToken)
    {
        KubernetesConnection connection;
        try
        {
            connection = await KubernetesConnection.ReadAsync(wanted.Kubeconfig, wanted.Context, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterHealException e) when (e.ErrorId == ErrorIds.KubeconfigNotFound && IsWithoutKubernetes(wanted))
        {
            return wanted.ClusterName.Length > 0 ? wanted : wanted with { ClusterName = wanted.HostName.Concat(wanted.Endpoint).First() };
        }

        using var client = new KubernetesClient(connection, TimeProvider.System);
        return wanted with
        {
            ClusterName = wanted.ClusterName.Length > 0 ? wanted.ClusterName : connection.ClusterName,
            Context = connection.Context,
            Server = connection.Server.ToString().TrimEnd('/'),
            ServerVersion = await client.VersionAsync(cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>A client of the API server of a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="cancellationToken">Ends the reading of the kubeconfig.</param>
    /// <exception cref="ClusterHealException">The kubeconfig is not usable.</exception>
    public static async Task<KubernetesClient> OpenAsync(ClusterConnection connection, CancellationToken cancellationToken)
    {
        if (connection.Server is null && connection.ClusterName.Length > 0 && IsWithoutKubernetes(connection))
        {
            throw new ClusterHealException(
                ErrorIds.NotConnected,
                FaultCategory.InvalidOperation,
                $"The connection '{connection.ClusterName}' has no kubeconfig, so its API server is not known.",
                connection,
                "Connect again with Connect-Cluster -Kubeconfig, or name one with -Kubeconfig.");
        }

        var made = await KubernetesConnection.ReadAsync(connection.Kubeconfig, connection.Context, cancellationToken).ConfigureAwait(false);
        return new KubernetesClient(
            connection.ClusterName.Length > 0 ? made with { ClusterName = connection.ClusterName } : made, TimeProvider.System);
    }

    /// <summary>The names of the nodes, sorted, for completion.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<IReadOnlyList<string>> NodeNamesAsync(ClusterConnection connection, CancellationToken cancellationToken)
    {
        using var client = await OpenAsync(connection, cancellationToken).ConfigureAwait(false);
        var type = Resources.Any("/api/v1", "nodes");
        var nodes = await client.SnapshotAsync(type, ResourceQuery.All, cancellationToken).ConfigureAwait(false);
        return [.. nodes.Items.Select(n => n.Metadata.Name).Order(StringComparer.Ordinal)];
    }

    private static bool IsWithoutKubernetes(ClusterConnection connection) =>
        connection.Kubeconfig.Count == 0 && connection.Context is null && connection.HostName.Count + connection.Endpoint.Count > 0;
}
