using System.Runtime.InteropServices;
using System.Text;

namespace ClusterHeal.Practice.Hosts;

/// <summary>Calls of the C library that .NET has no other way to.</summary>
internal static class Native
{
    private const uint CharacterDevice = 0x2000;

    /// <summary>Makes an overlayfs show nothing of the lower layers in this folder ("opaque" in the kernel's documentation).</summary>
    public static void MakeOpaque(string folder)
    {
        if (SetAttribute(folder, "trusted.overlay.opaque", Encoding.ASCII.GetBytes("y"), 1, 0) != 0) throw Failure("mark", folder);
    }

    /// <summary>Makes an overlayfs hide the entry of that name in the lower layers: a device 0/0 is a whiteout.</summary>
    public static void MakeWhiteout(string path)
    {
        if (MakeNode(path, CharacterDevice, 0) != 0) throw Failure("make", path);
    }

    /// <summary>Removes a folder as rmdir(2) does, without looking into it: the files of a control group cannot be removed.</summary>
    /// <returns>False if the folder is in use.</returns>
    public static bool RemoveFolder(string path) => RemoveDirectory(path) == 0;

    private static IOException Failure(string action, string path) =>
        new($"Cannot {action} '{path}': {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [DllImport("libc", EntryPoint = "lsetxattr", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetAttribute(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string path,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        byte[] value,
        nuint size,
        int flags);

    [DllImport("libc", EntryPoint = "mknod", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeNode([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode, ulong device);

    [DllImport("libc", EntryPoint = "rmdir", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int RemoveDirectory([MarshalAs(UnmanagedType.LPUTF8Str)] string path);
}
