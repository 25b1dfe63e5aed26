using System.Runtime.InteropServices;

namespace ClusterHeal.Common;

/// <summary>Makes files that only their owner can read, and names that survive a power cut.</summary>
internal static class DurableFile
{
    /// <summary>Opens a new file for writing, readable and writable by its owner only.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expectedSize">Bytes that are set aside for it, so that a full disk is noticed early.</param>
    /// <exception cref="IOException">The disk is full, or the file cannot be made.</exception>
    public static FileStream Create(string path, long expectedSize = 0)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
            PreallocationSize = expectedSize,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <summary>Removes files that a killed process left half written; one that somebody still has open is left alone.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="pattern">The names, with wildcards.</param>
    public static void RemoveAbandoned(string folder, string pattern)
    {
        foreach (var path in Directory.EnumerateFiles(folder, pattern))
        {
            try
            {
                // Every writer of such files holds a lock on its own, by the sharing mode.
                using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None)) File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use, or not ours: not abandoned, and no obstacle.
            }
        }
    }

    /// <summary>Gives a finished file its name, in one step, and waits until the folder has it on disk.</summary>
    /// <param name="part">The file, synced.</param>
    /// <param name="path">Its name, in the same folder.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <exception cref="IOException">It cannot, or a file of that name is there and not to be replaced.</exception>
    public static void Publish(string part, string path, bool overwrite)
    {
        File.Move(part, path, overwrite);
        SyncFolder(Path.GetDirectoryName(path)!);
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

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int handle);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
