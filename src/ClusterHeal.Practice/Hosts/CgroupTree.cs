namespace ClusterHeal.Practice.Hosts;

/// <summary>
/// The control groups of practice clusters, where this machine mounts them: one tree with pure cgroup v2, or the systemd and the unified
/// tree of a hybrid machine. Only they remain after a killed run, until <see cref="RemoveAsync"/>.
/// </summary>
internal static class CgroupTree
{
    private const string Mount = "/sys/fs/cgroup";
    private const string Top = "clusterheal-practice";

    /// <summary>Makes the group of one host, or of what else runs for a cluster.</summary>
    public static void Create(string cluster, string name)
    {
        foreach (var tree in Trees()) Directory.CreateDirectory(Path.Combine(tree, Top, cluster, name));
    }

    /// <summary>The files into which a process writes itself to join the group.</summary>
    public static IEnumerable<string> EntriesOf(string cluster, string name) =>
        Trees().Select(tree => Path.Combine(tree, Top, cluster, name, "cgroup.procs"));

    /// <summary>The process id of the first process of a booted host: the systemd in it, seen from this machine.</summary>
    public static int? InitOf(string cluster, string name)
    {
        var file = Path.Combine(UnifiedTree(), Top, cluster, name, "payload", "init.scope", "cgroup.procs");
        var first = File.Exists(file) ? File.ReadLines(file).FirstOrDefault() : null;
        return first is null ? null : int.Parse(first, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Kills all that is in a cluster's group, or in one host's, and removes the group if there is one.</summary>
    public static async Task RemoveAsync(string cluster, string? name, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Top, cluster, name ?? "");
        var unified = Path.Combine(UnifiedTree(), path);
        if (Directory.Exists(unified)) await File.WriteAllTextAsync(Path.Combine(unified, "cgroup.kill"), "1", cancellationToken);
        foreach (var tree in Trees())
        {
            await RemoveWhenEmptyAsync(Path.Combine(tree, path), cancellationToken);
            // Refused as long as another cluster has a group in it.
            _ = Native.RemoveFolder(Path.Combine(tree, Top));
        }
    }

    private static async Task RemoveWhenEmptyAsync(string group, CancellationToken cancellationToken)
    {
        while (Directory.Exists(group))
        {
            // Only the deepest groups can be removed, and only when their last process is reaped.
            var below = Directory.GetDirectories(group, "*", SearchOption.AllDirectories);
            foreach (var folder in below.OrderByDescending(each => each.Length).Append(group))
            {
                _ = Native.RemoveFolder(folder);
            }
            if (Directory.Exists(group)) await Task.Delay(10, cancellationToken);
        }
    }

    private static string UnifiedTree() => Trees()[^1];

    private static string[] Trees()
    {
        if (File.Exists(Path.Combine(Mount, "cgroup.procs"))) return [Mount];
        string[] hybrid = [Path.Combine(Mount, "systemd"), Path.Combine(Mount, "unified")];
        if (hybrid.All(Directory.Exists)) return hybrid;
        throw new PracticeException(
            $"Practice hosts need control groups of version 2 at {Mount}, and there are none: a container needs '--privileged'.");
    }
}
