using System.Text.RegularExpressions;
using ClusterHeal.Etcd.Configuration;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Repairs;

/// <summary>
/// The settings with which a new member starts for the first time: <c>initial-cluster</c> and <c>initial-cluster-state=existing</c>, wherever etcd
/// reads them from. A new text counts only if etcd would read exactly these two changes from it and no other.
/// </summary>
/// <param name="Path">The file that is written: a drop-in of the unit, etcd's configuration file, or the manifest.</param>
/// <param name="Text">Its new text.</param>
/// <param name="Environment">The file of variables that a drop-in names, or null.</param>
internal sealed partial record RepairSettings(string Path, string Text, string? Environment)
{
    /// <summary>The name of the file of variables, in the folder of the repair.</summary>
    public const string EnvironmentFile = "etcd.env";

    private const string State = "existing";

    // Its name sorts after those that people give; systemd reads the last one last.
    private const string DropIn = "zz-clusterheal-repair.conf";

    /// <summary>Finds out which file needs which text. Changes nothing.</summary>
    /// <param name="shell">The host.</param>
    /// <param name="etcd">How etcd is run there.</param>
    /// <param name="initialCluster">All members with the new one: <c>name=url,name=url</c>.</param>
    /// <param name="operationId">The repair.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterHealException">The form of the settings cannot be changed with certainty.</exception>
    public static async Task<RepairSettings> FindAsync(
        IHostShell shell, ComponentStatus etcd, string initialCluster, string operationId, CancellationToken cancellationToken)
    {
        if (PlainMembers().IsMatch(initialCluster))
        {
            var reading = new SettingsReading(shell, etcd, cancellationToken);
            var before = await reading.ParseAsync("", new Dictionary<string, string>()).ConfigureAwait(false);
            var own = etcd.UnitName is { } unit
                ? OfUnit(unit, await Systemd.ReadUnitAsync(shell, unit, cancellationToken).ConfigureAwait(false), initialCluster, operationId)
                : await OfManifestAsync(shell, etcd.ManifestPath!, initialCluster, cancellationToken).ConfigureAwait(false);
            foreach (var candidate in own.Concat(await OfFilesAsync(shell, reading.Files, initialCluster, cancellationToken).ConfigureAwait(false)))
            {
                if (await IsRightAsync(reading, candidate, before, initialCluster, operationId).ConfigureAwait(false)) return candidate;
            }
        }

        throw new ClusterHealException(
            ErrorIds.RepairRefused,
            FaultCategory.NotSupported,
            $"{shell.HostName}: the settings of etcd ({etcd.Source}) stand in a form in which they cannot be changed with certainty. Nothing was touched.",
            shell.HostName,
            $"Write there initial-cluster as '{initialCluster}' and initial-cluster-state as '{State}', "
            + "each on a line of its own (the etcd that runs takes no notice), and try again.");
    }

    private static async Task<bool> IsRightAsync(SettingsReading reading, RepairSettings candidate, EtcdConfiguration before, string initialCluster, string operationId)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal) { [candidate.Path] = candidate.Text };
        if (candidate.Environment is { } variables) files[EnvironmentPath(operationId)] = variables;
        var dropIn = candidate.Path.EndsWith(DropIn, StringComparison.Ordinal) ? candidate.Text : "";
        try
        {
            var after = await reading.ParseAsync(dropIn, files).ConfigureAwait(false);
            return after.InitialCluster == initialCluster && after.InitialClusterState == State && EtcdDifference.Between(before, after).Length == 0
                && !after.Notes.Except(before.Notes).Any(note => note.Contains("refuses to start", StringComparison.Ordinal));
        }
        catch (ClusterHealException e) when (e is not HostShellException)
        {
            return false;
        }
    }

    /// <summary>
    /// One drop-in for each form: a flag on the command line overrides a variable, and etcd starts with only one of them, so all four combinations
    /// are tried. If a flag is there twice, the last one counts.
    /// </summary>
    private static IEnumerable<RepairSettings> OfUnit(string unit, (string Path, string Text) file, string initialCluster, string operationId)
    {
        var command = UnitFile.ExecStartOf(file.Text);
        foreach (var (clusterFlag, stateFlag) in new[] { (false, false), (true, true), (true, false), (false, true) })
        {
            var flags = (clusterFlag ? $" --initial-cluster={initialCluster}" : "") + (stateFlag ? $" --initial-cluster-state={State}" : "");
            var variables = (clusterFlag ? "" : $"ETCD_INITIAL_CLUSTER={initialCluster}\n") + (stateFlag ? "" : $"ETCD_INITIAL_CLUSTER_STATE={State}\n");
            var text = "# Of ClusterHeal, for the first start of a member that was repaired; taken away when it has joined.\n[Service]\n"
                + (variables.Length > 0 ? $"EnvironmentFile={EnvironmentPath(operationId)}\n" : "")
                + (flags.Length > 0 ? $"ExecStart=\nExecStart={command}{flags}\n" : "");
            yield return new RepairSettings(Systemd.DropIn(unit, DropIn), text, variables.Length > 0 ? variables : null);
        }
    }

    private static async Task<IEnumerable<RepairSettings>> OfManifestAsync(IHostShell shell, string path, string initialCluster, CancellationToken cancellationToken)
    {
        var text = await shell.FindTextAsync(path, cancellationToken).ConfigureAwait(false) ?? "";
        var flags = ClusterFlag().Replace(text, $"$1$2--initial-cluster={initialCluster}$2", 1);
        if (!ClusterFlag().IsMatch(text)) flags = AnyFlag().Replace(text, $"$0\n$1$2--initial-cluster={initialCluster}$2", 1);
        flags = StateFlag().IsMatch(flags)
            ? StateFlag().Replace(flags, $"$1$2--initial-cluster-state={State}$2", 1)
            : ClusterFlag().Replace(flags, $"$0\n$1$2--initial-cluster-state={State}$2", 1);
        var variables = StateVariable().Replace(ClusterVariable().Replace(text, $"$1\"{initialCluster}\"", 1), $"$1\"{State}\"", 1);
        return [new RepairSettings(path, flags, null), new RepairSettings(path, variables, null)];
    }

    /// <summary>etcd's own configuration file is one of the files that were read.</summary>
    private static async Task<IReadOnlyList<RepairSettings>> OfFilesAsync(
        IHostShell shell, IEnumerable<string> files, string initialCluster, CancellationToken cancellationToken)
    {
        var candidates = new List<RepairSettings>();
        foreach (var path in files)
        {
            if (await shell.FindTextAsync(path, cancellationToken).ConfigureAwait(false) is not { } text) continue;
            text = WithSetting(WithSetting(text, ClusterSetting(), $"initial-cluster: \"{initialCluster}\""), StateSetting(), $"initial-cluster-state: \"{State}\"");
            candidates.Add(new RepairSettings(path, text, null));
        }

        return candidates;
    }

    private static string WithSetting(string text, Regex line, string setting) =>
        line.IsMatch(text) ? line.Replace(text, setting, 1) : $"{text.TrimEnd('\n')}\n{setting}\n";

    private static string EnvironmentPath(string operationId) => $"{OperationJournal.HostFolder}/repair/{operationId}/{EnvironmentFile}";

    // No character with a meaning for systemd, YAML or a shell.
    [GeneratedRegex(@"^[A-Za-z0-9._:/\[\]=,-]+$")]
    private static partial Regex PlainMembers();

    [GeneratedRegex(@"^([ \t]*-[ \t]+)([""']?)--initial-cluster=[^\n]*$", RegexOptions.Multiline)]
    private static partial Regex ClusterFlag();

    [GeneratedRegex(@"^([ \t]*-[ \t]+)([""']?)--initial-cluster-state=[^\n]*$", RegexOptions.Multiline)]
    private static partial Regex StateFlag();

    [GeneratedRegex(@"^([ \t]*-[ \t]+)([""']?)--[a-z][^\n]*$", RegexOptions.Multiline)]
    private static partial Regex AnyFlag();

    [GeneratedRegex(@"(name:[ \t]*[""']?ETCD_INITIAL_CLUSTER[""']?[ \t]*\n[ \t]*value:[ \t]*)[^\n]*$", RegexOptions.Multiline)]
    private static partial Regex ClusterVariable();

    [GeneratedRegex(@"(name:[ \t]*[""']?ETCD_INITIAL_CLUSTER_STATE[""']?[ \t]*\n[ \t]*value:[ \t]*)[^\n]*$", RegexOptions.Multiline)]
    private static partial Regex StateVariable();

    [GeneratedRegex(@"^[""']?initial-cluster[""']?[ \t]*:[^\n]*$", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex ClusterSetting();

    [GeneratedRegex(@"^[""']?initial-cluster-state[""']?[ \t]*:[^\n]*$", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex StateSetting();
}
