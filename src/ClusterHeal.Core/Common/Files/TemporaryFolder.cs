namespace ClusterHeal.Common;

/// <summary>
/// A private folder for files that may hold Secrets. It is deleted when it is disposed of. If its process was killed, the next such folder that the
/// same user creates deletes it.
/// </summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string Prefix = "clusterheal-";
    private const string LockName = ".in-use";

    private readonly FileStream _lock;

    private TemporaryFolder(string path, FileStream inUse) => (Path, _lock) = (path, inUse);

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>Makes a folder, and removes those that killed processes left.</summary>
    /// <param name="purpose">What it is for, as a part of its name.</param>
    /// <param name="parent">Where it is made; null for the system's folder for temporary files.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static TemporaryFolder Create(string purpose, string? parent = null)
    {
        parent ??= System.IO.Path.GetTempPath();
        RemoveAbandoned(parent);
        var path = System.IO.Path.Combine(parent, $"{Prefix}{purpose}-{System.IO.Path.GetRandomFileName()}");
        OwnerOnly.MakeFolder(path);
        return new TemporaryFolder(path, Lock(path, FileMode.CreateNew));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock.Dispose();
        Directory.Delete(Path, recursive: true);
    }

    /// <summary>The kernel frees the lock when its process ends, in whatever way.</summary>
    private static FileStream Lock(string folder, FileMode mode) =>
        new(System.IO.Path.Combine(folder, LockName), mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);

    private static void RemoveAbandoned(string parent)
    {
        foreach (var folder in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            // In a folder that others can write to, somebody may replace a name by a link between the check and the removal.
            if (!FileKind.IsPrivateFolder(folder) || !File.Exists(System.IO.Path.Combine(folder, LockName))) continue;
            try
            {
                Lock(folder, FileMode.Open).Dispose();
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use, or being deleted just now.
            }
        }
    }
}
