using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Hosts;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>The sources of a health test, opened from a connection; closed with this.</summary>
public sealed class OpenedHealthSources : IDisposable
{
    private readonly TlsMaterial? _tls;

    private OpenedHealthSources(HealthSources sources, TlsMaterial? tls) => (Sources, _tls) = (sources, tls);

    /// <summary>The sources.</summary>
    public HealthSources Sources { get; }

    /// <summary>
    /// Opens what a connection names. Nothing is asked yet. If the API server cannot be reached as the connection says, that is an error only if
    /// there is nothing else to examine.
    /// </summary>
    /// <param name="connection">The connection; other sources are left out.</param>
    /// <param name="backupPath">The folder of the snapshots, or null.</param>
    /// <param name="shells">Opens the connections to hosts.</param>
    /// <param name="cancellationToken">Ends the reading of files.</param>
    /// <exception cref="ClusterHealException">The kubeconfig or the files for etcd are not usable.</exception>
    public static async Task<OpenedHealthSources> OpenAsync(
        ClusterConnection connection, string? backupPath, HostShells shells, CancellationToken cancellationToken)
    {
        var isWithoutKubernetes = connection.Server is null && connection.Kubeconfig.Count == 0 && connection.Context is null
            && connection.Endpoint.Count + connection.HostName.Count > 0;
        var tls = await TlsMaterial.ReadIfNamedAsync(connection.CaFile, connection.CertFile, connection.KeyFile, cancellationToken)
            .ConfigureAwait(false);
        KubernetesClient? client = null;
        ClusterHealException? fault = null;
        try
        {
            if (!isWithoutKubernetes) client = await OpenAsync(connection, shells, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterHealException e) when (connection.Endpoint.Count + connection.HostName.Count > 0 || backupPath is not null)
        {
            fault = e;
        }
        catch
        {
            tls?.Dispose();
            throw;
        }

        return new OpenedHealthSources(
            new HealthSources
            {
                ClusterName = connection.ClusterName.Length > 0 ? connection.ClusterName : client?.Connection.ClusterName ?? "cluster",
                Kubernetes = client,
                KubernetesFault = fault,
                Etcd = connection.Endpoint.Count == 0
                    ? null
                    : new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany(connection.Endpoint), Tls = tls },
                Hosts = [.. connection.HostName.Select(connection.HostConnectionTo)],
                Shells = shells,
                BackupPath = backupPath,
            },
            tls);
    }

    /// <summary>If the API is reached through a host that is down, another host leads there, too.</summary>
    private static async Task<KubernetesClient> OpenAsync(ClusterConnection connection, HostShells shells, CancellationToken cancellationToken)
    {
        if (connection.ThroughHost is not { } usual)
            return await ClusterConnector.OpenAsync(connection, shells, cancellationToken).ConfigureAwait(false);
        ClusterHealException? fault = null;
        foreach (var host in connection.HostName.Where(h => h != usual).Prepend(usual))
        {
            try
            {
                return await ClusterConnector.OpenAsync(connection with { ThroughHost = host }, shells, cancellationToken).ConfigureAwait(false);
            }
            catch (ClusterHealException e)
            {
                fault ??= e;
            }
        }

        throw fault!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Sources.Kubernetes?.Dispose();
        _tls?.Dispose();
    }
}
