using System.Runtime.InteropServices;

namespace ClusterHeal.Common;

/// <summary>What is at a path, if it is more than a file or a folder. Nobody means to replace a device, or to read from a pipe without end.</summary>
internal static class FileKind
{
    private const int TypeMask = 0xF000;
    private const int Folder = 0x4000;

    /// <summary>Refuses a path of something that must not be replaced: a device, a pipe, a socket, or a symbolic link.</summary>
    /// <param name="path">The full path of a file that will be written. It does not have to exist.</param>
    /// <param name="left">What was left as it was, as a sentence.</param>
    /// <exception cref="ClusterHealException">Such a thing is there.</exception>
    public static void RequireReplaceable(string path, string left)
    {
        if (SpecialAt(path, followLinks: false) is not { } what) return;
        throw NotSuitable(path, $"{what}, which is never replaced. {left}", what == Link ? "Name the file that it points to." : "Name a file.");
    }

    /// <summary>Refuses a path that cannot be read like a file: a device, a pipe or a socket. Symbolic links are followed.</summary>
    /// <param name="path">The full path.</param>
    /// <exception cref="ClusterHealException">Such a thing is there.</exception>
    public static void RequireReadable(string path)
    {
        if (SpecialAt(path, followLinks: true) is { } what) throw NotSuitable(path, $"{what}, and no file.", "Name a file.");
    }

    /// <summary>
    /// Whether only we can write into a folder: it is no link, and nobody else may write into it or owns it. On Windows such folders are separate for
    /// each user.
    /// </summary>
    /// <param name="path">The folder.</param>
    public static bool IsPrivateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return Directory.Exists(path);
        const int OfOthers = 0x3F; // rwx of the group and of all
        return Look(path, followLinks: false) is var (mode, owner) && (mode & TypeMask) == Folder && (mode & OfOthers) == 0 && owner == EffectiveUser();
    }

    private const string Link = "a symbolic link";

    private static string? SpecialAt(string path, bool followLinks)
    {
        if (OperatingSystem.IsWindows())
        {
            if (path.StartsWith(@"\\.\", StringComparison.Ordinal)) return "a device";
            return !followLinks && new FileInfo(path).LinkTarget is not null ? Link : null;
        }

        return Look(path, followLinks) is not var (mode, _) ? null : (mode & TypeMask) switch
        {
            0x1000 => "a pipe",
            0x2000 or 0x6000 => "a device",
            0xA000 => Link,
            0xC000 => "a socket",
            _ => null,
        };
    }

    /// <summary>Mode and owner; null if nothing is there, or the system does not tell.</summary>
    private static (int Mode, uint Owner)? Look(string path, bool followLinks)
    {
        const int CurrentFolder = -100;
        const int NoFollow = 0x100;
        const uint TypeModeAndOwner = 0x1 | 0x2 | 0x8;
        // The structure of statx is the same on every processor, unlike that of stat.
        var found = new byte[256];
        try
        {
            if (Statx(CurrentFolder, path, followLinks ? 0 : NoFollow, TypeModeAndOwner, found) != 0) return null;
        }
        catch (EntryPointNotFoundException)
        {
            return LookByFramework(path, followLinks);
        }

        return (BitConverter.ToUInt16(found, 28), BitConverter.ToUInt32(found, 20));
    }

    /// <summary>What the framework knows of a path on systems without statx: links and folders.</summary>
    private static (int Mode, uint Owner)? LookByFramework(string path, bool followLinks)
    {
        const int SymbolicLink = 0xA000;
        if (!followLinks && new FileInfo(path).LinkTarget is not null) return (SymbolicLink, uint.MaxValue);
        return null;
    }

    private static ClusterHealException NotSuitable(string path, string what, string remedy) =>
        new(ErrorIds.PathNotSuitable, FaultCategory.InvalidArgument, $"'{path}' is {what}", path, remedy);

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] found);

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUser();
}
