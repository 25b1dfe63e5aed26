using ClusterHeal.Etcd;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Repairs;

/// <summary>Reads the settings of etcd on a host as they would be with other texts, and notes which files were read.</summary>
/// <param name="shell">The host.</param>
/// <param name="etcd">How etcd is run there.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class SettingsReading(IHostShell shell, ComponentStatus etcd, CancellationToken cancellationToken)
{
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);

    /// <summary>The files that were read, except the manifest itself.</summary>
    public IReadOnlyList<string> Files => [.. _files.Where(file => file != etcd.ManifestPath)];

    /// <summary>Reads them.</summary>
    /// <param name="dropIn">What a drop-in of the unit would add.</param>
    /// <param name="texts">The new texts of files, by their paths.</param>
    public async Task<EtcdConfiguration> ParseAsync(string dropIn, IReadOnlyDictionary<string, string> texts)
    {
        var reader = EtcdHost.ReaderOf(shell, async (path, stop) =>
        {
            if (texts.TryGetValue(path, out var text)) return text;
            _files.Add(path);
            return await shell.FindTextAsync(path, stop).ConfigureAwait(false);
        });
        if (etcd.UnitName is not { } unit) return (await reader.ReadManifestAsync(etcd.ManifestPath!, cancellationToken).ConfigureAwait(false)).Configuration;
        var file = await Systemd.ReadUnitAsync(shell, unit, cancellationToken).ConfigureAwait(false);
        return await reader.FromUnitAsync(file.Path, unit, $"{file.Text}\n{dropIn}", cancellationToken).ConfigureAwait(false);
    }
}
