using System.Text.RegularExpressions;

namespace ClusterHeal.Etcd.Configuration;

/// <summary>Finds files of this machine as systemd does.</summary>
internal static class LocalFiles
{
    // From highest to lowest priority (systemd.unit(5), "Unit File Load Path").
    private static readonly string[] UnitFolders =
    [
        "/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient", "/run/systemd/generator.early", "/etc/systemd/system",
        "/etc/systemd/system.attached", "/run/systemd/system", "/run/systemd/system.attached", "/run/systemd/generator", "/usr/local/lib/systemd/system",
        "/usr/lib/systemd/system", "/lib/systemd/system", "/run/systemd/generator.late",
    ];

    /// <summary>The files that match a pattern (glob(7)), sorted.</summary>
    /// <param name="pattern">A full path, which may have <c>*</c>, <c>?</c> and <c>[…]</c> in any part.</param>
    public static IReadOnlyList<string> Matching(string pattern)
    {
        IEnumerable<string> found = ["/"];
        foreach (var part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            found = part.AsSpan().IndexOfAny("*?[") < 0
                ? found.Select(folder => Path.Combine(folder, part)).Where(Path.Exists)
                : found.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFileSystemEntries(folder).Where(entry => Fits(Path.GetFileName(entry), part)));
        }

        return [.. found.Order(StringComparer.Ordinal)];
    }

    /// <summary>The drop-ins of a unit: beside its file, and in systemd's folders if its file is in one of them.</summary>
    /// <param name="path">The unit's file.</param>
    public static IReadOnlyList<string> DropInsOf(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string[] folders = UnitFolders.Contains(folder) ? UnitFolders : [folder];
        var chosen = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in NamesOf(Path.GetFileName(path)))
        {
            foreach (var dropIns in folders.Select(each => Path.Combine(each, name + ".d")).Where(Directory.Exists))
            {
                foreach (var file in Directory.EnumerateFiles(dropIns, "*.conf")) chosen.TryAdd(Path.GetFileName(file), file);
            }
        }

        return [.. chosen.Values];
    }

    /// <summary>The names under which drop-ins are looked for, the most specific first: a-b@i.service, a-b@.service, a-.service, service.</summary>
    private static IEnumerable<string> NamesOf(string unit)
    {
        var (bare, ending) = (Path.GetFileNameWithoutExtension(unit), Path.GetExtension(unit));
        yield return unit;
        var at = bare.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0 && at < bare.Length - 1) yield return bare[..(at + 1)] + ending;
        for (var dash = bare.LastIndexOf('-', bare.Length - 1); dash > 0; dash = bare.LastIndexOf('-', dash - 1))
        {
            if (dash < bare.Length - 1) yield return bare[..(dash + 1)] + ending;
        }

        yield return ending.TrimStart('.');
    }

    /// <summary>A name against one part of a pattern. A name that begins with a dot matches only a dot.</summary>
    private static bool Fits(string name, string pattern)
    {
        if (name[0] == '.' && pattern[0] != '.') return false;
        var expression = Regex.Escape(pattern)
            .Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\?", ".", StringComparison.Ordinal)
            .Replace(@"\[!", "[^", StringComparison.Ordinal).Replace(@"\[", "[", StringComparison.Ordinal).Replace(@"\]", "]", StringComparison.Ordinal);
        try
        {
            return Regex.IsMatch(
                name, $"^{expression}$", RegexOptions.NonBacktracking | RegexOptions.Singleline);
        }
        catch (RegexParseException)
        {
            return name == pattern;
        }
    }
}
