using System.Runtime.InteropServices;

namespace ClusterHeal.Common;

/// <summary>
/// Makes the names in a folder survive a power cut, as fsync(2) demands after a rename. The framework has no call for it.
/// Windows needs none: NTFS writes names in its journal.
/// </summary>
public static class DurableFolder
{
    /// <summary>Waits until the entries of a folder are on the disk.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">The system refused.</exception>
    public static void Sync(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(path, 0);
        if (descriptor < 0) throw new IOException($"Cannot open the folder '{path}': {Marshal.GetLastPInvokeErrorMessage()}.");
        try
        {
            if (Fsync(descriptor) != 0) throw new IOException($"Cannot sync the folder '{path}': {Marshal.GetLastPInvokeErrorMessage()}.");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Close(int descriptor);
}
