namespace ClusterHeal.Etcd.Configuration;

/// <summary>The values that systemd puts into units of its machine.</summary>
/// <param name="HostName">The kernel's host name.</param>
/// <param name="MachineId">The id in <c>/etc/machine-id</c>, or null.</param>
/// <param name="BootId">The id of this boot, without hyphens, or null.</param>
/// <param name="KernelRelease">As <c>uname -r</c> prints it, or null.</param>
/// <param name="OsRelease">The assignments of <c>/etc/os-release</c>.</param>
public sealed record MachineFacts(
    string HostName, string? MachineId, string? BootId, string? KernelRelease, IReadOnlyDictionary<string, string> OsRelease)
{
    /// <summary>Those of a machine that was not asked.</summary>
    internal static MachineFacts Unknown { get; } = new("", null, null, null, new Dictionary<string, string>());

    /// <summary>Those of this machine.</summary>
    public static MachineFacts OfThisMachine()
    {
        return new MachineFacts(
            Environment.MachineName,
            Line("/etc/machine-id"),
            Line("/proc/sys/kernel/random/boot_id")?.Replace("-", "", StringComparison.Ordinal),
            Line("/proc/sys/kernel/osrelease"),
            Assignments(File.Exists("/etc/os-release") ? File.ReadAllText("/etc/os-release") : ""));

        static string? Line(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;
    }

    /// <summary>Reads what <c>machine-facts.sh</c> prints: four lines, and the text of os-release.</summary>
    internal static MachineFacts Parse(string text)
    {
        var lines = text.Split('\n', 5);
        return new MachineFacts(lines[0], Some(lines[1]), Some(lines[2].Replace("-", "", StringComparison.Ordinal)), Some(lines[3]), Assignments(lines[4]));

        static string? Some(string line) => line.Length > 0 ? line : null;
    }

    private static Dictionary<string, string> Assignments(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in EnvironmentFile.Parse(text)) values[variable.Name] = variable.Value;
        return values;
    }
}
