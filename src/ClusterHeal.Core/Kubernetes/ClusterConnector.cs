using ClusterHeal.Hosts;

namespace ClusterHeal.Kubernetes;

/// <summary>Makes and opens the connections of users.</summary>
public static class ClusterConnector
{
    /// <summary>Fills in what the kubeconfig and the API server say about a connection.</summary>
    /// <param name="wanted">
    /// What the user gave. Without a kubeconfig, that of the first host that has one is used, and the API server is reached through that host.
    /// Without any kubeconfig, and with etcd or hosts alone, the API server is left out. If it does not answer but the rest does, that is no error:
    /// <see cref="ClusterConnection.ServerVersion"/> stays null.
    /// </param>
    /// <param name="shells">Opens connections to hosts.</param>
    /// <param name="restAnswersAsync">Asks whether a host or etcd answers, if the API server does not.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ClusterHealException">The kubeconfig is not usable, or nothing answers.</exception>
    public static async Task<ClusterConnection> ConnectAsync(
        ClusterConnection wanted, HostShells shells, Func<CancellationToken, Task<bool>> restAnswersAsync, CancellationToken cancellationToken)
    {
        if (await TryThroughHostAsync(wanted, shells, cancellationToken).ConfigureAwait(false) is { } through) return through;
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
        var made = Described(wanted, client) with { Context = connection.Context };
        try
        {
            return made with { ServerVersion = await client.VersionAsync(cancellationToken).ConfigureAwait(false) };
        }
        catch (KubernetesException e) when (e.IsTransient)
        {
            if (!await restAnswersAsync(cancellationToken).ConfigureAwait(false)) throw;
            return made;
        }
    }

    /// <summary>A client of the API server of a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="shells">Opens the connection to the host through which the API server is reached.</param>
    /// <param name="cancellationToken">Ends the reading of the kubeconfig.</param>
    /// <exception cref="ClusterHealException">The kubeconfig is not usable.</exception>
    public static async Task<KubernetesClient> OpenAsync(ClusterConnection connection, HostShells shells, CancellationToken cancellationToken)
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

        if (connection.ThroughHost is { } host)
        {
            return await TryOpenThroughAsync(connection, host, shells, cancellationToken).ConfigureAwait(false) ?? throw new ClusterHealException(
                ErrorIds.KubeconfigNotFound,
                FaultCategory.NotFound,
                $"'{HostKubeconfig.Places}' is not on {host} any more, so the API server cannot be reached through that host.",
                host,
                "Connect again: Connect-Cluster takes the first host that has one.");
        }

        var made = await KubernetesConnection.ReadAsync(connection.Kubeconfig, connection.Context, cancellationToken).ConfigureAwait(false);
        return new KubernetesClient(Named(made, connection), TimeProvider.System);
    }

    /// <summary>The connection through the first host that has a kubeconfig; null if no host that answers has one.</summary>
    private static async Task<ClusterConnection?> TryThroughHostAsync(
        ClusterConnection wanted, HostShells shells, CancellationToken cancellationToken)
    {
        if (wanted.Kubeconfig.Count > 0 || wanted.Context is not null) return null;
        ClusterConnection? silent = null;
        HostShellException? fault = null;
        var isAbsent = false;
        foreach (var host in wanted.HostName)
        {
            try
            {
                using var client = await TryOpenThroughAsync(wanted, host, shells, cancellationToken).ConfigureAwait(false);
                isAbsent |= client is null;
                if (client is null) continue;
                var found = Described(wanted, client) with { ThroughHost = host };
                silent ??= found;
                return found with { ServerVersion = await client.VersionAsync(cancellationToken).ConfigureAwait(false) };
            }
            catch (HostShellException e)
            {
                fault ??= e;
            }
            catch (KubernetesException e) when (e.IsTransient)
            {
                continue; // The API server of another host may answer.
            }
        }

        return silent is null && fault is not null && !isAbsent ? throw fault : silent;
    }

    private static async Task<KubernetesClient?> TryOpenThroughAsync(
        ClusterConnection connection, string host, HostShells shells, CancellationToken cancellationToken)
    {
        var shell = shells.Open(connection.HostConnectionTo(host));
        try
        {
            if (await HostKubeconfig.TryReadAsync(shell, cancellationToken).ConfigureAwait(false) is { } made)
                return new KubernetesClient(Named(made, connection), TimeProvider.System, shell);
        }
        catch
        {
            await shell.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await shell.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    private static ClusterConnection Described(ClusterConnection wanted, KubernetesClient client) => wanted with
    {
        ClusterName = wanted.ClusterName.Length > 0 ? wanted.ClusterName : client.Connection.ClusterName,
        Server = client.Connection.Server.ToString().TrimEnd('/'),
    };

    private static KubernetesConnection Named(KubernetesConnection made, ClusterConnection connection) =>
        connection.ClusterName.Length > 0 ? made with { ClusterName = connection.ClusterName } : made;

    private static bool IsWithoutKubernetes(ClusterConnection connection) =>
        connection.Kubeconfig.Count == 0 && connection.Context is null && connection.HostName.Count + connection.Endpoint.Count > 0;
}
