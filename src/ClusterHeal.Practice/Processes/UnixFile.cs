using System.Text;

namespace ClusterHeal.Practice.Processes;

/// <summary>Writes files with a mode from the start, so that a key is at no moment readable by others. Windows knows no modes.</summary>
internal static class UnixFile
{
    /// <summary>Read and written by the owner alone.</summary>
    public const UnixFileMode Private = (UnixFileMode)0b110_000_000;

    /// <summary>Entered, read and written by the owner alone: for folders.</summary>
    public const UnixFileMode PrivateFolder = (UnixFileMode)0b111_000_000;

    /// <summary>Read by everybody.</summary>
    public const UnixFileMode Readable = (UnixFileMode)0b110_100_100;

    /// <summary>Read and run by everybody.</summary>
    public const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    /// <summary>Writes or replaces a text file.</summary>
    public static void Write(string path, string text, UnixFileMode mode)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        using (var file = new FileStream(path, options)) file.Write(Encoding.UTF8.GetBytes(text));
        // What the process's umask took away.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }

    /// <summary>Makes a folder with all above it; the mode is the folder's own.</summary>
    public static void MakeFolder(string path, UnixFileMode mode)
    {
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }
}
