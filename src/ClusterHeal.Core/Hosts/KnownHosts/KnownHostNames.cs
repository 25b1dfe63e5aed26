namespace ClusterHeal.Hosts;

/// <summary>The hosts that the user's and the system's known_hosts files name, for completion.</summary>
public static class KnownHostNames
{
    /// <summary>The names, sorted. Hashed names, patterns and files that cannot be read are left out.</summary>
    public static IReadOnlyList<string> Read()
    {
        var names = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in SshConfig.UserKnownHosts.Concat(SshConfig.SystemKnownHosts)) names.UnionWith(In(file));
        return [.. names];
    }

    private static IEnumerable<string> In(string file)
    {
        try
        {
            return File.Exists(file) ? [.. File.ReadLines(file).SelectMany(Names)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static IEnumerable<string> Names(string line)
    {
        // A line with a marker is about a revoked key or about an authority.
        if (line.Length == 0 || line[0] is '#' or '@' or '|') return [];
        return line.Split(' ', '\t')[0].Split(',').Select(WithoutPort).Where(name => name.Length > 0 && name.IndexOfAny(['*', '?', '!']) < 0);
    }

    private static string WithoutPort(string name) =>
        name.StartsWith('[') && name.IndexOf(']', StringComparison.Ordinal) is > 0 and var end ? name[1..end] : name;
}
