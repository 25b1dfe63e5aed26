using System.Security.Cryptography;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Practice.Peers;

/// <summary>What this machine's own apt configuration says of Debian's archives.</summary>
/// <param name="Codename">The release that the machine runs, such as <c>bookworm</c>.</param>
/// <param name="Sources">The archives of that release: the main one, updates, security; as lines of a sources.list.</param>
internal sealed record DebianMachine(string Codename, IReadOnlyList<string> Sources)
{
    private const string StatusFile = "/var/lib/dpkg/status";
    private static readonly string[] Keyrings =
        ["/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp"];

    private string MainArchive { get; init; } = "";

    /// <summary>The line of a sources.list for any release, from the archive that the machine itself uses.</summary>
    public string SourceOf(string suite) => Line(MainArchive, suite);

    /// <summary>Looks at the machine.</summary>
    /// <exception cref="PracticeException">It is not Linux, not Debian, or has no Debian archive configured.</exception>
    public static async Task<DebianMachine> FindAsync(CancellationToken cancellationToken)
    {
        var codename = OperatingSystem.IsLinux() ? ReleaseCodename() : null;
        if (codename is null || Tool.Find("apt-get") is null)
        {
            throw new PracticeException(
                "The practice environment gets etcd, sshd and systemd-nspawn as Debian packages: run it on Debian 12 or 13, " +
                "in a virtual machine or a WSL distribution of it where this machine is another.");
        }

        var archives = await ArchivesAsync(codename, cancellationToken);
        if (archives.FirstOrDefault(archive => archive.Release == codename) is not { } main)
        {
            throw new PracticeException(
                $"apt on this machine knows no archive of Debian {codename}: put one into /etc/apt/sources.list.d.");
        }
        return new DebianMachine(codename, [.. archives.Select(archive => Line(archive.Uri, archive.Release))])
        {
            MainArchive = main.Uri,
        };
    }

    /// <summary>Eight hex digits that change with the set of installed packages.</summary>
    public static string PackagesFingerprint() =>
        File.Exists(StatusFile) ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(StatusFile)), 0, 4) : "none";

    private static string? ReleaseCodename()
    {
        if (!File.Exists("/etc/os-release")) return null;
        var values = File.ReadLines("/etc/os-release").Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1].Trim('"'));
        return values.GetValueOrDefault("ID") == "debian" ? values.GetValueOrDefault("VERSION_CODENAME") : null;
    }

    private static async Task<List<Archive>> ArchivesAsync(string codename, CancellationToken cancellationToken)
    {
        const string Format = "$(REPO_URI)|$(CODENAME)|$(COMPONENT)";
        var known = await Tool.RunAsync(
            "apt-get", ["indextargets", "--format", Format, "Created-By: Packages", "Origin: Debian"], cancellationToken);
        var archives = Parse(known.Expect().Output, _ => true);
        if (archives.Count > 0) return archives;

        // Package lists were never read on this machine (as in a fresh container), so apt cannot tell whose archives they are.
        var configured = await Tool.RunAsync(
            "apt-get",
            ["indextargets", "--no-release-info", "--format", Format.Replace("CODENAME", "RELEASE", StringComparison.Ordinal),
                "Created-By: Packages"],
            cancellationToken);
        return Parse(configured.Expect().Output, archive =>
            archive.Release.StartsWith(codename, StringComparison.Ordinal)
            && Path.GetFileName(archive.Uri.TrimEnd('/')) is "debian" or "debian-security");
    }

    private static List<Archive> Parse(string output, Func<Archive, bool> wanted) =>
    [
        .. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('|'))
            .Where(parts => parts is [_, _, "main"])
            .Select(parts => new Archive(parts[0], parts[1]))
            .Where(wanted)
            .Distinct(),
    ];

    private static string Line(string uri, string release) =>
        $"deb [signed-by={Keyrings.FirstOrDefault(File.Exists) ?? Keyrings[0]}] {uri} {release} main";

    private sealed record Archive(string Uri, string Release);
}
