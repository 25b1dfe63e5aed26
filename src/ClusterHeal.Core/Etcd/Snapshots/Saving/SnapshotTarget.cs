using System.Globalization;
using System.Text;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// The file to which a snapshot is saved: a named file, or one in a folder, whose name has the cluster and the time. A name in a folder is never
/// taken from another file. If two runs want the same name, the later one gets the next number.
/// </summary>
internal sealed record SnapshotTarget
{
    private const int MostNumbers = 1000;

    private readonly string _path;
    private readonly bool _isDated;
    private readonly bool _replace;

    private SnapshotTarget(string path, bool isDated, bool replace) => (_path, _isDated, _replace) = (path, isDated, replace);

    /// <summary>The named path; in a folder, the first choice.</summary>
    public string Path => _path;

    /// <summary>The target for a cluster.</summary>
    /// <param name="options">Where to.</param>
    /// <param name="clusterId">The cluster, hexadecimal.</param>
    /// <param name="time">The time of a dated name.</param>
    public static SnapshotTarget For(SnapshotSaveOptions options, string clusterId, DateTimeOffset time)
    {
        if (options.Path is { } path) return new SnapshotTarget(System.IO.Path.GetFullPath(path), isDated: false, options.Force);
        var stamp = time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var folder = System.IO.Path.GetFullPath(options.Directory!);
        return new SnapshotTarget(System.IO.Path.Combine(folder, $"etcd-{clusterId}-{stamp}.db"), isDated: true, replace: false);
    }

    /// <summary>Checks what can be checked before the user is asked.</summary>
    /// <param name="options">Where to.</param>
    /// <exception cref="ClusterHealException">Nothing can be saved there.</exception>
    public static void Check(SnapshotSaveOptions options)
    {
        if (options.Directory is { } directory)
        {
            var folder = System.IO.Path.GetFullPath(directory);
            if (!Directory.Exists(folder)) throw Unsuitable(ErrorIds.PathNotFound, folder, "is no folder that exists", "Make the folder, or mount its disk.");
            return;
        }

        var path = System.IO.Path.GetFullPath(options.Path!);
        if (Directory.Exists(path)) throw Unsuitable(ErrorIds.PathNotSuitable, path, "is a folder", "Name a file, or use -Directory.");
        if (!Directory.Exists(System.IO.Path.GetDirectoryName(path)))
        {
            throw Unsuitable(ErrorIds.PathNotFound, path, "lies in a folder that does not exist", "Make the folder, or mount its disk.");
        }

        FileKind.RequireReplaceable(path, "No snapshot was saved.");
        CheckLength(path);
        if (File.Exists(path) && !options.Force) throw Exists(path);
    }

    /// <summary>Gives a file its name if that is free or may be replaced. In a folder it gets the first free name.</summary>
    /// <param name="part">The file.</param>
    /// <param name="naming">Told each name before it is tried.</param>
    /// <returns>The path that it has now.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="ClusterHealException">The name was taken meanwhile.</exception>
    public string Take(string part, Action<string> naming)
    {
        for (var number = 1; ; number++)
        {
            var path = number == 1 ? _path : $"{_path[..^".db".Length]}-{number}.db";
            naming(path);
            try
            {
                DurableFile.Publish(part, path, _replace);
                return path;
            }
            catch (IOException) when (!_replace && File.Exists(path) && File.Exists(part))
            {
                if (!_isDated || number == MostNumbers) throw Exists(path);
            }
        }
    }

    /// <summary>The manifest has the longest name. If that is too long, the snapshot would be left without a manifest.</summary>
    private static void CheckLength(string path)
    {
        const int MostPerName = 255; // bytes on the file systems of Linux, characters on those of Windows
        var name = System.IO.Path.GetFileName(SnapshotManifest.PathFor(path));
        var length = OperatingSystem.IsWindows() ? name.Length : Encoding.UTF8.GetByteCount(name);
        if (length <= MostPerName) return;
        throw Unsuitable(
            ErrorIds.PathNotSuitable, path, $"has too long a name: that of its manifest would have {length} characters, and {MostPerName} are possible",
            $"Take a name that is {length - MostPerName} shorter.");
    }

    private static ClusterHealException Exists(string path) =>
        Unsuitable(ErrorIds.PathExists, path, "exists already", "Use another name, or -Force to replace it.");

    private static ClusterHealException Unsuitable(string id, string path, string what, string remedy)
    {
        var category = id == ErrorIds.PathExists ? FaultCategory.AlreadyExists : FaultCategory.NotFound;
        return new ClusterHealException(id, category, $"'{path}' {what}. No snapshot was saved.", path, remedy);
    }
}
