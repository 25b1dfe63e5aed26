using ClusterHeal.Common;
using ClusterHeal.Etcd.Configuration;
using ClusterHeal.Hosts;

namespace ClusterHeal.Etcd;

/// <summary>etcd on a host: finds how it is set up there, and connects to it through the host. The host's keys are never written to this machine's disk.</summary>
public static class EtcdHost
{
    /// <summary>Finds and reads the configuration of the etcd member on a host: a unit or a static pod.</summary>
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

    /// <summary>The same if it is already known how etcd is run there.</summary>
    internal static async Task<EtcdConfiguration> ReadConfigurationAsync(
        IHostShell shell, HostConnection connection, ComponentStatus status, CancellationToken cancellationToken)
    {
        var reader = ReaderOf(shell, shell.FindTextAsync);
        if (status.UnitName is null && status.ManifestPath is null) throw ComponentFault.NotFound(shell.HostName, ClusterComponent.Etcd);
        var process = await EtcdProcess.AskAsync(shell, status, cancellationToken).ConfigureAwait(false);
        var configuration = status.UnitName is { } unit
            ? await ReadUnitAsync(shell, reader, unit, process, cancellationToken).ConfigureAwait(false)
            : await ReadManifestAsync(reader, status.ManifestPath!, process, cancellationToken).ConfigureAwait(false);
        return configuration with { HostName = connection.HostName, HostConnection = connection, Notes = [.. configuration.Notes, .. process.Notes] };
    }

    /// <summary>
    /// A connection to etcd through a host. The certificate files are the host's; they are kept in memory only.
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
            // This may have to log in to the host first.
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

    /// <summary>A reader of the settings of etcd on a host.</summary>
    /// <param name="shell">The host.</param>
    /// <param name="readFile">Reads a file of it; null if there is none.</param>
    internal static EtcdConfigurationReader ReaderOf(IHostShell shell, Func<string, CancellationToken, Task<string?>> readFile) => new(readFile)
    {
        FindFiles = (pattern, stop) => FindFilesAsync(shell, pattern, stop),
        FindMachine = async stop => MachineFacts.Parse((await RunAsync(shell, "machine-facts", "read its name", stop).ConfigureAwait(false)).Text),
    };

    private static async Task<EtcdConfiguration> ReadUnitAsync(
        IHostShell shell, EtcdConfigurationReader reader, string unit, EtcdProcess process, CancellationToken cancellationToken)
    {
        var (path, text) = await Systemd.ReadUnitAsync(shell, unit, cancellationToken).ConfigureAwait(false);
        EtcdConfiguration? file = null;
        string[] notes = [];
        try
        {
            file = await reader.FromUnitAsync(path, unit, text, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterHealException e) when (e is not HostShellException && process.Id is not null)
        {
            notes = [$"The settings are those of the process {process.Id}, for {char.ToLowerInvariant(e.Message[0])}{e.Message[1..]}"];
        }

        return await MergeAsync(reader, file, process, new EtcdSources(path, EtcdConfigurationForm.Unit, process.Arguments, process.Environment)
        {
            HostPath = process.HostPath,
            Notes = notes,
        }, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<EtcdConfiguration> ReadManifestAsync(
        EtcdConfigurationReader reader, string manifest, EtcdProcess process, CancellationToken cancellationToken)
    {
        var (file, pod) = await reader.ReadManifestAsync(manifest, cancellationToken).ConfigureAwait(false);
        return await MergeAsync(reader, file, process, new EtcdSources(manifest, file.Form, process.Arguments, process.Environment)
        {
            HostPath = pod.HostPath,
            Image = pod.Image,
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The settings with which etcd runs, and where its files say something else. If it does not run, those of the files.</summary>
    private static async Task<EtcdConfiguration> MergeAsync(
        EtcdConfigurationReader reader, EtcdConfiguration? file, EtcdProcess process, EtcdSources sources, CancellationToken cancellationToken)
    {
        if (process.Id is null) return file!;
        var running = await reader.CombineAsync(sources, cancellationToken).ConfigureAwait(false);
        if (file is null) return running;
        return running with { Notes = [.. file.Notes.Union(running.Notes)], Difference = EtcdDifference.Between(file, running) };
    }

    private static async Task<IReadOnlyList<string>> FindFilesAsync(IHostShell shell, string pattern, CancellationToken cancellationToken)
    {
        var result = await RunAsync(shell, "find-files", $"find {pattern}", cancellationToken, pattern).ConfigureAwait(false);
        return result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static Task<ScriptResult> RunAsync(
        IHostShell shell, string script, string purpose, CancellationToken cancellationToken, params string[] arguments) =>
        shell.RunCheckedAsync(new HostScript(HostScript.Text(script), arguments) { Purpose = purpose }, cancellationToken);

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
