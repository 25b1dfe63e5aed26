namespace ClusterHeal.Hosts;

/// <summary>Several paths in one value of ssh's configuration.</summary>
internal static class PathList
{
    /// <summary>
    /// Splits them. ssh prints them with spaces between and without quotes. So what follows a space belongs to the path before it, unless it can be a
    /// path of its own.
    /// </summary>
    public static IReadOnlyList<string> Split(string value)
    {
        List<string> paths = [];
        foreach (var word in value.Replace("\"", "", StringComparison.Ordinal).Split(' '))
        {
            if (paths.Count == 0 || word is ['~', ..] or "none" || Path.IsPathFullyQualified(word)) paths.Add(word);
            else paths[^1] += " " + word;
        }

        return [.. paths.Select(path => path.TrimEnd()).Where(path => path.Length > 0).Select(InHome)];
    }

    private static string InHome(string path) => path is ['~', '/' or '\\', .. var rest]
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), rest)
        : path;
}
