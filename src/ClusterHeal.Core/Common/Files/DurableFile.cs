using System.Runtime.InteropServices;

namespace ClusterHeal.Common;

/// <summary>Makes files that only their owner can read, and names that survive a power cut.</summary>
internal static class DurableFile
{
    private const string PartPrefix = ".clusterheal-";
    private const string PartSuffix = ".part";

    /// <summary>No writer of such files waits so long for its next byte.</summary>
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(2);

    /// <summary>
    /// A new hidden name beside a file that does not have its own name yet. It does not grow with that name, which may be as long as names can be.
    /// </summary>
    /// <param name="path">The file's final path.</param>
    public static string PartFor(string path) => Path.Combine(Path.GetDirectoryName(path)!, $"{PartPrefix}{Guid.NewGuid():N}{PartSuffix}");

    /// <summary>Whether a path is such a name.</summary>
    /// <param name="path">The path.</param>
    public static bool IsPart(string path) =>
        Path.GetFileName(path).StartsWith(PartPrefix, StringComparison.Ordinal) && path.EndsWith(PartSuffix, StringComparison.Ordinal);

    /// <summary>Opens a new file for writing, readable and writable by its owner only.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expectedSize">Bytes that are set aside for it, so that a full disk is noticed early.</param>
    /// <exception cref="IOException">The disk is full, or the file cannot be made.</exception>
    public static FileStream Create(string path, long expectedSize = 0) =>
        OwnerOnly.OpenFile(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            // On NFS a file that is open for writing alone cannot be locked for others, and RemoveAbandoned asks for the lock.
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
            PreallocationSize = expectedSize,
        });

    /// <summary>
    /// Removes the parts that killed processes left in a folder. It leaves a part that is still open, and one that was written to not long ago: on
    /// some network file systems, locks are not seen by other machines.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="now">The time.</param>
    public static void RemoveAbandoned(string folder, DateTimeOffset now)
    {
        foreach (var path in Directory.EnumerateFiles(folder, $"{PartPrefix}*{PartSuffix}"))
        {
            try
            {
                if (now - File.GetLastWriteTimeUtc(path) < AbandonedAfter) continue;
                // Every writer of such files holds a lock on its own, by the sharing mode.
                using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None)) File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use, or not ours: then it is not abandoned.
            }
        }
    }

    /// <summary>Gives a finished file its name, in one step, and waits until the folder with it is on disk.</summary>
    /// <param name="part">The file, synced.</param>
    /// <param name="path">Its name, in the same folder.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <exception cref="IOException">It cannot, or a file of that name is there and must not be replaced.</exception>
    public static void Publish(string part, string path, bool overwrite)
    {
        if (overwrite || OperatingSystem.IsWindows()) File.Move(part, path, overwrite);
        else TakeName(part, path, hasLinks: true);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>
    /// Moves a file to a name that must be free. If several try at once, only one succeeds. A file system without hard links gets an empty file of
    /// that name first, which is then replaced: the framework would copy instead, and a copy is neither one step nor synced.
    /// </summary>
    internal static void TakeName(string part, string path, bool hasLinks)
    {
        if (hasLinks && Link(part, path) == 0)
        {
            File.Delete(part);
            return;
        }

        new FileStream(path, FileMode.CreateNew).Dispose();
        File.Move(part, path, overwrite: true);
    }

    /// <summary>A new name in a folder is on disk when the folder is. Windows has no such call and needs none: NTFS logs names.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">The system refused.</exception>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        const int ReadOnly = 0;
        var handle = Open(folder, ReadOnly);
        var failed = handle < 0 || Sync(handle) != 0;
        var error = Marshal.GetLastPInvokeError();
        if (handle >= 0) _ = Close(handle);
        // Some network file systems cannot sync a folder and say EINVAL; they write names through.
        const int InvalidArgument = 22;
        if (failed && error != InvalidArgument) throw new IOException($"The folder '{folder}' cannot be synced (error {error})");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "link")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string file, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int handle);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
