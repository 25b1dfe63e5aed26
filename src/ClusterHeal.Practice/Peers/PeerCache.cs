using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Practice.Peers;

/// <summary>
/// A folder of unpacked Debian packages. A set is fetched once, by the machine's own apt with a state of its own: the machine's
/// packages, package lists and services stay as they are. Several programs that want the same set at the same time share one download,
/// and a set that was only half made is never mistaken for a whole one.
/// </summary>
/// <param name="folder">The folder, or null for <see cref="DefaultFolder"/>.</param>
/// <param name="say">Gets one line for each step that takes time, or null for standard error.</param>
public sealed class PeerCache(string? folder = null, Action<string>? say = null)
{
    private readonly Action<string> _say = say ?? Console.Error.WriteLine;

    /// <summary>
    /// <c>CLUSTERHEAL_PEERS</c> if it is set, otherwise <c>clusterheal/peers</c> in the user's cache folder
    /// (XDG base directories: <c>XDG_CACHE_HOME</c>, otherwise <c>~/.cache</c>).
    /// </summary>
    public static string DefaultFolder
    {
        get
        {
            if (Environment.GetEnvironmentVariable("CLUSTERHEAL_PEERS") is { Length: > 0 } own) return Path.GetFullPath(own);
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg)
                ? xdg
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return Path.Combine(cache, "clusterheal", "peers");
        }
    }

    /// <summary>The folder of this cache.</summary>
    public string Folder { get; } = folder ?? DefaultFolder;

    /// <summary>Gets a set.</summary>
    /// <returns>The folder with its unpacked packages (<c>usr/bin/etcd</c> and so on), and beside it the packages themselves.</returns>
    /// <exception cref="PracticeException">This is not Debian, or apt could not get the packages.</exception>
    public async Task<Peer> GetAsync(PeerSet set, CancellationToken cancellationToken)
    {
        var home = Path.Combine(Folder, set.Suite is null ? $"{set.Name}-{DebianMachine.PackagesFingerprint()}" : set.Name);
        if (Directory.Exists(home)) return new Peer(home);

        var machine = await DebianMachine.FindAsync(cancellationToken);
        Directory.CreateDirectory(Folder);
        await using var turn = await FileLock.TakeAsync(Path.Combine(Folder, $".{set.Name}.lock"), cancellationToken);
        if (Directory.Exists(home)) return new Peer(home);

        var draft = Path.Combine(Folder, $".{set.Name}.part");
        if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        var peer = new Peer(draft);
        Directory.CreateDirectory(peer.Packages);
        Directory.CreateDirectory(peer.Root);
        try
        {
            await FetchAsync(machine, set, peer.Packages, cancellationToken);
            await UnpackAsync(peer, cancellationToken);
            Directory.Move(draft, home);
        }
        finally
        {
            if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
        }
        return new Peer(home);
    }

    /// <summary>Unpacks over the links of a merged /usr, which dpkg-deb --extract would replace with folders.</summary>
    private static async Task UnpackAsync(Peer peer, CancellationToken cancellationToken)
    {
        const string Unpack = """
            dpkg-deb --fsys-tarfile "$1" | tar --extract --preserve-permissions --keep-directory-symlink --directory "$2"
            """;
        foreach (var folder in new[] { "bin", "lib", "lib64", "sbin" })
        {
            Directory.CreateDirectory(Path.Combine(peer.Root, "usr", folder));
            File.CreateSymbolicLink(Path.Combine(peer.Root, folder), Path.Combine("usr", folder));
        }
        foreach (var package in Directory.EnumerateFiles(peer.Packages, "*.deb"))
        {
            (await Tool.RunAsync("sh", ["-c", Unpack, "sh", package, peer.Root], cancellationToken)).Expect();
        }
    }

    private async Task FetchAsync(DebianMachine machine, PeerSet set, string target, CancellationToken cancellationToken)
    {
        var suite = set.Suite ?? machine.Codename;
        _say($"Reading the package list of Debian {suite} (once, into {Folder}) ...");
        using var apt = PrivateApt.Create(Folder, set.Suite is null ? machine.Sources : [machine.SourceOf(set.Suite)]);
        await apt.UpdateAsync(cancellationToken);
        _say($"Downloading {set.Name}: {string.Join(", ", set.Packages)} ...");
        if (set.Suite is null || set.WithDependencies)
        {
            await apt.DownloadWithDependenciesAsync(set.Packages, target, ofEmptyMachine: set.WithDependencies, cancellationToken);
        }
        else
        {
            await apt.DownloadAsync(set.Packages, target, cancellationToken);
        }
    }
}
