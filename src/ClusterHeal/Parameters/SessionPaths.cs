using System.Management.Automation;

namespace ClusterHeal.Parameters;

/// <summary>Turns paths as PowerShell's users write them (drives, <c>~</c>, its own location) into paths of the file system.</summary>
internal static class SessionPaths
{
    /// <summary>The full path, whether it exists or not.</summary>
    /// <exception cref="ClusterHealException">There is no such drive, or it is not one of the file system.</exception>
    public static string Full(SessionState session, string path)
    {
        try
        {
            var full = session.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            RequireFileSystem(provider, path);
            return full;
        }
        catch (SessionStateException e)
        {
            throw NotFound(path, e);
        }
    }

    /// <summary>The one existing file or folder with exactly this name.</summary>
    /// <exception cref="ClusterHealException">It does not exist, or is not in the file system.</exception>
    public static IReadOnlyList<string> Single(SessionState session, string path)
    {
        var full = Full(session, path);
        return System.IO.Path.Exists(full) ? [full] : throw NotFound(full, cause: null);
    }

    /// <summary>All files and folders for a path with wildcards.</summary>
    /// <exception cref="ClusterHealException">There is none, or it is not in the file system.</exception>
    public static IReadOnlyList<string> Expand(SessionState session, string path)
    {
        try
        {
            var found = session.Path.GetResolvedProviderPathFromPSPath(path, out var provider);
            RequireFileSystem(provider, path);
            return found.Count > 0 ? found : throw NotFound(path, cause: null);
        }
        catch (SessionStateException e)
        {
            throw NotFound(path, e);
        }
    }

    private static void RequireFileSystem(ProviderInfo provider, string path)
    {
        if (provider.Name == "FileSystem") return;
        throw new ClusterHealException(
            ErrorIds.PathNotSuitable,
            FaultCategory.InvalidArgument,
            $"'{path}' is in the provider {provider.Name} and not in the file system.",
            path,
            "Name a file of a file system drive.");
    }

    private static ClusterHealException NotFound(string path, Exception? cause) => new(
        ErrorIds.PathNotFound,
        FaultCategory.NotFound,
        $"There is no '{path}'.",
        path,
        "Look for the right name with Get-ChildItem. A name with [ or ] in it needs -LiteralPath.",
        cause);
}
