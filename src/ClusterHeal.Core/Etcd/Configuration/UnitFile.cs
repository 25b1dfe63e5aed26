using System.Text;

namespace ClusterHeal.Etcd.Configuration;

/// <summary>What a systemd unit says about how its program is started (systemd.service(5), systemd.exec(5)).</summary>
internal sealed record UnitFile
{
    /// <summary>The words of <c>ExecStart=</c>, the program first; variables not yet put in.</summary>
    public IReadOnlyList<string> Command { get; private init; } = [];

    /// <summary>False if no variables are put into the command (prefix <c>:</c>).</summary>
    public bool TakesVariables { get; private init; } = true;

    /// <summary>The assignments of <c>Environment=</c>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; private init; } = new Dictionary<string, string>();

    /// <summary>What <c>UnsetEnvironment=</c> removes at the end: names, or whole assignments.</summary>
    public IReadOnlyList<string> UnsetEnvironment { get; private init; } = [];

    /// <summary>The variables that come from systemd's own environment.</summary>
    public IReadOnlyList<string> PassEnvironment { get; private init; } = [];

    /// <summary>The files of <c>EnvironmentFile=</c>, or patterns of them. A dash before the name says that the file may be missing.</summary>
    public IReadOnlyList<string> EnvironmentFiles { get; private init; } = [];

    /// <summary>The folder in which it runs; systemd's own default is the root.</summary>
    public string WorkingDirectory { get; private init; } = "/";

    /// <summary>The folder of the host that is its root.</summary>
    public string RootDirectory { get; private init; } = "/";

    /// <summary>Reads a unit. An empty assignment cancels those before it. So a drop-in can be appended to its unit.</summary>
    /// <param name="text">The text of the unit, followed by its drop-ins.</param>
    /// <param name="specifiers">What is put in for its specifiers.</param>
    /// <exception cref="ClusterHealException">A specifier cannot be put in.</exception>
    public static UnitFile Parse(string text, SystemdSpecifiers specifiers)
    {
        var unit = new UnitFile();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in ServiceSettings(text))
        {
            switch (key)
            {
                case "ExecStart":
                    unit = unit.WithCommand(value, specifiers);
                    break;
                case "Environment" when value.Length == 0:
                    environment.Clear();
                    break;
                case "Environment":
                    foreach (var pair in Words(value).Select(word => word.Split('=', 2)).Where(pair => pair.Length == 2)) environment[pair[0]] = pair[1];
                    break;
                case "UnsetEnvironment":
                    unit = unit with { UnsetEnvironment = Added(unit.UnsetEnvironment, value) };
                    break;
                case "PassEnvironment":
                    unit = unit with { PassEnvironment = Added(unit.PassEnvironment, value) };
                    break;
                case "EnvironmentFile":
                    unit = unit with { EnvironmentFiles = value.Length == 0 ? [] : [.. unit.EnvironmentFiles, specifiers.Expand(value)] };
                    break;
                case "WorkingDirectory":
                    unit = unit with { WorkingDirectory = Folder(value.TrimStart('-')) };
                    break;
                case "RootDirectory":
                    unit = unit with { RootDirectory = Folder(value.TrimStart('-')) };
                    break;
            }
        }

        return unit with { Environment = environment };

        IEnumerable<string> Words(string value) => SystemdWords.Split(value).Select(specifiers.Expand);
        IReadOnlyList<string> Added(IReadOnlyList<string> before, string value) => value.Length == 0 ? [] : [.. before, .. Words(value)];
        string Folder(string value) => value.Length == 0 ? "/" : specifiers.Expand(value);
    }

    /// <summary>What is after the last <c>ExecStart=</c>, as it is written, on one line; null without one.</summary>
    /// <param name="text">The text of the unit, followed by its drop-ins.</param>
    public static string? ExecStartOf(string text) =>
        ServiceSettings(text).LastOrDefault(setting => setting.Key == "ExecStart").Value is { Length: > 0 } value ? value : null;

    /// <summary>The words of the command with variables put in: <c>${NAME}</c> anywhere, <c>$NAME</c> as a whole word, which is then split.</summary>
    /// <param name="environment">The variables.</param>
    public IReadOnlyList<string> Expand(IReadOnlyDictionary<string, string> environment)
    {
        if (!TakesVariables) return Command;
        var expanded = new List<string>(Command.Take(1));
        foreach (var word in Command.Skip(1))
        {
            if (word.Length > 1 && word[0] == '$' && word[1] is not ('{' or '$')) expanded.AddRange(SystemdWords.Split(environment.GetValueOrDefault(word[1..], "")));
            else expanded.Add(ExpandBraces(word, environment));
        }

        return expanded;
    }

    /// <summary>Prefixes of the program change its rights, its first argument (<c>@</c>), and whether variables are put in (<c>:</c>).</summary>
    private UnitFile WithCommand(string value, SystemdSpecifiers specifiers)
    {
        var words = SystemdWords.Split(value).TakeWhile(word => word != ";").ToList();
        if (words.Count == 0) return this with { Command = [], TakesVariables = true };
        var program = words[0].TrimStart('@', '-', ':', '+', '!', '|');
        var prefixes = words[0][..^program.Length];
        if (prefixes.Contains('@') && words.Count > 1) words.RemoveAt(1);
        string[] command = [program, .. words.Skip(1).Select(word => word == "\\;" ? ";" : word)];
        return this with { Command = [.. command.Select(specifiers.Expand)], TakesVariables = !prefixes.Contains(':') };
    }

    private static string ExpandBraces(string word, IReadOnlyDictionary<string, string> environment)
    {
        var text = new StringBuilder();
        for (var i = 0; i < word.Length; i++)
        {
            var next = i + 1 < word.Length ? word[i + 1] : '\0';
            var close = word[i] == '$' && next == '{' ? word.IndexOf('}', i) : -1;
            if (close > 0)
            {
                text.Append(environment.GetValueOrDefault(word[(i + 2)..close]));
                i = close;
            }
            else
            {
                text.Append(word[i]);
                if (word[i] == '$' && next == '$') i++;
            }
        }

        return text.ToString();
    }

    private static IEnumerable<(string Key, string Value)> ServiceSettings(string text)
    {
        var section = "";
        var joined = "";
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd('\r')))
        {
            if (line.AsSpan().TrimStart() is ['#' or ';', ..]) continue; // Even between joined lines.
            var backslashes = line.Length - line.AsSpan().TrimEnd('\\').Length;
            if (backslashes % 2 == 1)
            {
                joined += line[..^1] + " ";
                continue;
            }

            var whole = (joined + line).Trim();
            joined = "";
            if (whole is ['[', .., ']']) section = whole;
            var equals = whole.IndexOf('=', StringComparison.Ordinal);
            if (section == "[Service]" && equals > 0) yield return (whole[..equals].TrimEnd(), whole[(equals + 1)..].TrimStart());
        }
    }
}
