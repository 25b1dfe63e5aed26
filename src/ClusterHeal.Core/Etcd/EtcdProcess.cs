using System.Text;
using ClusterHeal.Hosts;

namespace ClusterHeal.Etcd;

/// <summary>The etcd process that runs on a host, as the kernel knows it. That is surer than reading its files.</summary>
internal sealed record EtcdProcess
{
    /// <summary>Its number, or null if none runs, or none that this user may look at.</summary>
    public string? Id { get; private init; }

    /// <summary>The words after the program.</summary>
    public IReadOnlyList<string> Arguments { get; private init; } = [];

    /// <summary>Its variables, those of etcd alone.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; private init; } = new Dictionary<string, string>();

    /// <summary>The folder in which it runs.</summary>
    public string Folder { get; private init; } = "/";

    /// <summary>The folder that is its root.</summary>
    public string Root { get; private init; } = "/";

    /// <summary>What a reader should know.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>Asks a host.</summary>
    /// <param name="shell">The host.</param>
    /// <param name="status">How etcd is run there: by a unit or a manifest.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<EtcdProcess> AskAsync(IHostShell shell, ComponentStatus status, CancellationToken cancellationToken)
    {
        var (kind, name) = status.UnitName is { } unit ? ("unit", unit) : ("manifest", status.ManifestPath ?? "");
        var script = new HostScript(HostScript.Text("etcd-process"), kind, name) { Purpose = "look at the etcd that runs" };
        return Parse((await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false)).Text, name);
    }

    /// <summary>Reads what <c>etcd-process.sh</c> prints.</summary>
    internal static EtcdProcess Parse(string text, string name)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            facts[space < 0 ? line : line[..space]] = space < 0 ? "" : line[(space + 1)..];
        }

        var notes = new List<string>();
        if (facts.ContainsKey("stale")) notes.Add($"{name} was changed since systemd read it: '{Systemd.Reload}' makes the change count.");
        if (!facts.TryGetValue("process", out var id))
        {
            if (facts.ContainsKey("hidden")) notes.Add($"The process of {name} may not be looked at by this user, so its settings are those of its files: use -Sudo.");
            return new EtcdProcess { Notes = notes };
        }

        return new EtcdProcess
        {
            Id = id,
            Arguments = [.. Words(facts.GetValueOrDefault("command", "")).Skip(1)],
            Environment = Words(facts.GetValueOrDefault("environment", "")).Select(word => word.Split('=', 2)).Where(pair => pair.Length == 2)
                .GroupBy(pair => pair[0], StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First()[1], StringComparer.Ordinal),
            Folder = facts.GetValueOrDefault("folder") is { Length: > 0 } folder ? folder : "/",
            Root = facts.GetValueOrDefault("root") is { Length: > 0 } root ? root : "/",
            Notes = notes,
        };
    }

    /// <summary>Turns a path as the process sees it into one of the host.</summary>
    public string HostPath(string path)
    {
        var root = Root.TrimEnd('/');
        // The kernel gives the folder as the host sees it.
        return path.StartsWith('/') ? root + path : $"{Folder.TrimEnd('/')}/{path}";
    }

    private static string[] Words(string base64)
    {
        var text = Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        return text.Length == 0 ? [] : (text.EndsWith('\0') ? text[..^1] : text).Split('\0');
    }
}
