namespace ClusterHeal.Common;

/// <summary>Turns what the operating system says about a path into an error that names it and the next step.</summary>
public static class FileFault
{
    private const int DiskFullWindows = unchecked((int)0x80070070);
    private const int HandleDiskFullWindows = unchecked((int)0x80070027);
    private const int DiskFullLinux = 28; // ENOSPC

    /// <summary>Makes the error.</summary>
    /// <param name="exception">What the framework threw.</param>
    /// <param name="path">The path that was used.</param>
    /// <param name="action">What was tried, as a verb: <c>read</c>, <c>write</c>.</param>
    /// <param name="left">What was left as it was, as a sentence, or null.</param>
    public static ClusterHealException From(Exception exception, string path, string action, string? left = null)
    {
        var (id, category, what, remedy) = exception switch
        {
            FileNotFoundException or DirectoryNotFoundException =>
                (ErrorIds.PathNotFound, FaultCategory.NotFound, "it does not exist", "Check the path."),
            UnauthorizedAccessException when Directory.Exists(path) && action == "read" =>
                (ErrorIds.PathNotSuitable, FaultCategory.InvalidArgument, "it is a folder", "Name a file in it."),
            UnauthorizedAccessException =>
                (ErrorIds.PathAccessDenied, FaultCategory.PermissionDenied, "access is denied", "Use another account or another path."),
            IOException e when IsDiskFull(e) =>
                (ErrorIds.PathInputOutput, FaultCategory.ResourceExhausted, "the disk is full", "Free some space, or use another disk."),
            _ => (ErrorIds.PathInputOutput, FaultCategory.InvalidOperation, exception.Message.TrimEnd('.'), "Check the disk and the path."),
        };
        var end = left is null ? "" : " " + left;
        return new ClusterHealException(id, category, $"Cannot {action} '{path}': {what}.{end}", path, remedy, exception);
    }

    // A file that is created with a size for which there is no room: the framework reports a general number, and only the text says why.
    private static bool IsDiskFull(IOException exception) =>
        exception.Message.EndsWith("because the disk was full.", StringComparison.Ordinal)
        || (OperatingSystem.IsWindows()
            ? exception.HResult is DiskFullWindows or HandleDiskFullWindows
            : exception.HResult == DiskFullLinux);
}
