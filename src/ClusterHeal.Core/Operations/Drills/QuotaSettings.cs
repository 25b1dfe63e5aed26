using System.Globalization;
using System.Text.RegularExpressions;
using ClusterHeal.Etcd.Configuration;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Repairs;

namespace ClusterHeal.Operations.Drills;

/// <summary>The settings that give etcd another quota. A new text counts only if etcd would read that quota from it.</summary>
/// <param name="Path">The file that is written: a drop-in of the unit, or the manifest.</param>
/// <param name="Text">Its new text.</param>
internal sealed partial record QuotaSettings(string Path, string Text)
{
    // Its name sorts after those that people give; systemd reads the last one last.
    private const string DropIn = "zz-clusterheal-drill.conf";

    /// <summary>Finds out which file needs which text. Changes nothing.</summary>
    /// <param name="shell">The host.</param>
    /// <param name="etcd">How etcd is run there.</param>
    /// <param name="quota">The quota in bytes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The settings; null if their form cannot be changed with certainty.</returns>
    public static async Task<QuotaSettings?> FindAsync(IHostShell shell, ComponentStatus etcd, long quota, CancellationToken cancellationToken)
    {
        var reading = new SettingsReading(shell, etcd, cancellationToken);
        var before = await reading.ParseAsync("", new Dictionary<string, string>()).ConfigureAwait(false);
        var candidates = etcd.UnitName is { } unit
            ? OfUnit(unit, await Systemd.ReadUnitAsync(shell, unit, cancellationToken).ConfigureAwait(false), quota)
            : [new QuotaSettings(etcd.ManifestPath!, OfManifest(await shell.FindTextAsync(etcd.ManifestPath!, cancellationToken).ConfigureAwait(false) ?? "", quota))];
        foreach (var candidate in candidates)
        {
            try
            {
                var dropIn = etcd.UnitName is null ? "" : candidate.Text;
                var after = await reading.ParseAsync(dropIn, new Dictionary<string, string> { [candidate.Path] = candidate.Text }).ConfigureAwait(false);
                var starts = !after.Notes.Except(before.Notes).Any(note => note.Contains("refuses to start", StringComparison.Ordinal));
                if (after.QuotaBytes == quota && starts && EtcdDifference.Between(before, after).Length == 0) return candidate;
            }
            catch (ClusterHealException e) when (e is not HostShellException)
            {
                // etcd would not take this text; the next one may be right.
            }
        }

        return null;
    }

    // etcd starts with the flag or the variable, not with both.
    private static IEnumerable<QuotaSettings> OfUnit(string unit, (string Path, string Text) file, long quota)
    {
        string[] lines =
        [
            string.Create(CultureInfo.InvariantCulture, $"Environment=ETCD_QUOTA_BACKEND_BYTES={quota}\n"),
            string.Create(CultureInfo.InvariantCulture, $"ExecStart=\nExecStart={UnitFile.ExecStartOf(file.Text)} --quota-backend-bytes={quota}\n"),
        ];
        return lines.Select(line => new QuotaSettings(
            Systemd.DropIn(unit, DropIn), $"# Of a failure drill of ClusterHeal, which takes it away again.\n[Service]\n{line}"));
    }

    private static string OfManifest(string text, long quota)
    {
        var flag = string.Create(CultureInfo.InvariantCulture, $"$1--quota-backend-bytes={quota}");
        return QuotaFlag().IsMatch(text) ? QuotaFlag().Replace(text, flag, 1) : AnyFlag().Replace(text, $"$0\n{flag}", 1);
    }

    [GeneratedRegex(@"^([ \t]*-[ \t]+)[""']?--quota-backend-bytes=[^\n]*$", RegexOptions.Multiline)]
    private static partial Regex QuotaFlag();

    [GeneratedRegex(@"^([ \t]*-[ \t]+)[""']?--[a-z][^\n]*$", RegexOptions.Multiline)]
    private static partial Regex AnyFlag();
}
