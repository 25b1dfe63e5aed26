using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Windows;

/// <summary>
/// Runs programs of Windows in a view of the file system of their own, in which they may change what they like; all of it goes when the
/// program ends. The network is the machine's. For root on Linux.
/// </summary>
/// <param name="files">Wine, and what belongs to it.</param>
internal sealed class WineMachine(WindowsFiles files)
{
    // Arguments: an empty folder, the layer, the root, 1 to keep changes of the prefix, the command for Wine, pairs of a folder and its place.
    private const string Run = """
        set -e
        stage=$1 layer=$2 root=$3 keeps=$4 command=$5
        shift 5
        mount --make-rprivate /
        mount -t tmpfs -o mode=755 tmpfs "$stage"
        mkdir "$stage/upper" "$stage/work" "$stage/root"
        mount -t overlay wine -o "lowerdir=$layer:$root,upperdir=$stage/upper,workdir=$stage/work" "$stage/root"
        cd "$stage/root"
        mount -t proc proc proc
        mount --rbind /dev dev
        # Programs of 32 bits would need another Wine, and half of the space.
        rm -rf usr/lib/x86_64-linux-gnu/wine/i386-windows
        if [ "$keeps" = 1 ]; then mount --bind "$layer/prefix" prefix; fi
        while [ $# -gt 1 ]; do
          mkdir -p "./$2"
          mount --bind "$1" "./$2"
          shift 2
        done
        chroot . /usr/lib/wine/wine64 $command
        # The registry is written when Wine's server ends, a little later than the last program.
        if [ "$keeps" = 1 ]; then chroot . /usr/lib/wine/wineserver64 --wait; fi
        """;

    /// <summary>True to keep what is changed in the folders and the registry of Windows.</summary>
    public bool KeepsPrefix { get; init; }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="command">Its path and arguments, without blanks in them.</param>
    /// <param name="folders">Folders of this machine, and where they are seen, below <c>Z:\</c>.</param>
    /// <param name="environment">Variables for the program.</param>
    /// <param name="cancellationToken">Kills it and all that it started.</param>
    /// <returns>What it printed, for people: Wine mixes its own words in.</returns>
    public async Task<string> RunAsync(
        string command,
        IReadOnlyList<(string Folder, string Place)> folders,
        IReadOnlyDictionary<string, string?> environment,
        CancellationToken cancellationToken)
    {
        var stage = Directory.CreateTempSubdirectory("clusterheal-wine-").FullName;
        try
        {
            string[] inner = ["sh", "-c", Run, "sh", stage, files.Layer, files.Root, KeepsPrefix ? "1" : "0", command, .. folders.SelectMany(f => new[] { f.Folder, f.Place })];
            // The first process of a process namespace takes all others with it. Wine loses what a program writes into a pipe, but not into a terminal.
            var unshare = string.Join(' ', new[] { "unshare", "--mount", "--pid", "--fork", "--kill-child" }.Concat(inner).Select(Quote));
            var all = new Dictionary<string, string?>(environment)
            {
                ["WINEPREFIX"] = "/prefix",
                ["HOME"] = "/prefix",
                ["WINESERVER"] = "/usr/lib/wine/wineserver64",
                ["WINEDEBUG"] = "-all",
                ["LC_ALL"] = "C.UTF-8",
                ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
                ["POWERSHELL_UPDATECHECK"] = "Off",
            };
            return (await Tool.RunAsync("script", ["--quiet", "--return", "--flush", "--command", unshare, "/dev/null"], cancellationToken, all)).Output;
        }
        finally
        {
            Directory.Delete(stage);
        }
    }

    private static string Quote(string argument) => "'" + argument.Replace("'", @"'\''", StringComparison.Ordinal) + "'";
}
