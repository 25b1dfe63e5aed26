using ClusterHeal.Common;
using ClusterHeal.Etcd.Configuration;
using ClusterHeal.Hosts;

namespace ClusterHeal.Etcd;

/// <summary>etcd on a host: finds how it is set up there, and connects to it through the host, whose keys never touch this machine's disk.</summary>
public static class EtcdHost
{
    /// <summary>Finds and reads the configuration of the etcd member on a host, be it a unit or a static pod.</summary>
    /// <param name="shell">The host.</param>
    /// <param name="connection">How the host is reached; goes into the result, so that the next cmdlet reaches it too.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ClusterHealException">There is no etcd, or its configuration cannot be read.</exception>
    public static async Task<EtcdConfiguration> ReadConfigurationAsync(
        IHostShell shell, HostConnection connection, CancellationToken cancellationToken)
    {
        var status = await ComponentFinder.FindAsync(shell, ClusterComponent.Etcd, cancellationToken).ConfigureAwait(false);
        return await ReadConfigurationAsync(shell, connection, status, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same, where it has been found out already how etcd is run there.</summary>
    internal static async Task<EtcdConfiguration> ReadConfigurationAsync(
        IHostShell shell, HostConnection connection, ComponentStatus status, CancellationToken cancellationToken)
    {
        var reader = new EtcdConfigurationReader(shell.FindTextAsync);
        var configuration = status switch
        {
            { UnitName: { } unit } => await ReadUnitAsync(shell, reader, unit, cancellationToken).ConfigureAwait(false),
            { ManifestPath: { } manifest } => await reader.ReadAsync(manifest, cancellationToken).ConfigureAwait(false),
            _ => throw ComponentFault.NotFound(shell.HostName, ClusterComponent.Etcd),
        };
        return configuration with { HostName = connection.HostName, HostConnection = connection };
    }

    /// <summary>
    /// A connection to etcd through a host. The certificate files are the host's; they are read into memory.
    /// </summary>
    /// <param name="shell">The host. It has to live as long as the connection is used.</param>
    /// <param name="endpoints">The endpoints, as the host reaches them.</param>
    /// <param name="caFile">The CA file on the host, or null.</param>
    /// <param name="certFile">The client certificate on the host, or null.</param>
    /// <param name="keyFile">Its key on the host, or null.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<EtcdConnection> ConnectAsync(
        IHostShell shell, IReadOnlyList<EtcdEndpoint> endpoints, string? caFile, string? certFile, string? keyFile, CancellationToken cancellationToken)
    {
        var authorities = await ReadPemAsync(shell, caFile, cancellationToken).ConfigureAwait(false);
        var certificate = await ReadPemAsync(shell, certFile, cancellationToken).ConfigureAwait(false);
        var key = await ReadPemAsync(shell, keyFile, cancellationToken).ConfigureAwait(false);
        return new EtcdConnection
        {
            Endpoints = endpoints,
            Tls = authorities is null && certificate is null ? null : new TlsMaterial(authorities, certificate, key),
            Access = new EtcdAccess(caFile, certFile, keyFile),
            Dialer = shell.DialAsync,
            // A login may have to be made first.
            ConnectTimeout = TimeSpan.FromSeconds(20),
        };
    }

    /// <summary>The connection that a configuration, read from the host, describes.</summary>
    public static async Task<EtcdConnection> ConnectAsync(IHostShell shell, EtcdConfiguration configuration, CancellationToken cancellationToken)
    {
        var connection = await ConnectAsync(
            shell, EtcdEndpoint.ParseMany(configuration.Endpoint), configuration.CaFile, configuration.CertFile, configuration.KeyFile, cancellationToken)
            .ConfigureAwait(false);
        return connection with { Access = connection.Access! with { Host = configuration.HostConnection } };
    }

    // 'systemctl cat' has the unit with all its drop-ins, in the order in which systemd reads them.
    private static async Task<EtcdConfiguration> ReadUnitAsync(
        IHostShell shell, EtcdConfigurationReader reader, string unit, CancellationToken cancellationToken)
    {
        var script = new HostScript("systemctl show -p FragmentPath -- \"$1\" && systemctl cat -- \"$1\"", unit) { Purpose = $"read {unit}" };
        var result = await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false);
        var path = result.Text[..result.Text.IndexOf('\n')].Replace("FragmentPath=", "", StringComparison.Ordinal);
        return await reader.ParseAsync(path, result.Text[(result.Text.IndexOf('\n') + 1)..], cancellationToken).ConfigureAwait(false);
    }

    private static async Task<PemText?> ReadPemAsync(IHostShell shell, string? path, CancellationToken cancellationToken)
    {
        if (path is null) return null;
        var text = await shell.FindTextAsync(path, cancellationToken).ConfigureAwait(false) ?? throw new HostShellException(
            ErrorIds.HostFileNotFound,
            FaultCategory.NotFound,
            $"'{path}' is not on {shell.HostName}.",
            shell.HostName,
            "With -HostName the certificate paths are paths on that host; Get-EtcdConfiguration -HostName finds them.");
        return new PemText($"{shell.HostName}:{path}", text);
    }
}
