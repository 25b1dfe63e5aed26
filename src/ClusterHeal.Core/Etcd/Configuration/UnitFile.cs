using System.Text;

namespace ClusterHeal.Etcd.Configuration;

/// <summary>What a systemd unit says about how its program is started (systemd.service(5), systemd.exec(5)).</summary>
/// <param name="Command">The words of <c>ExecStart=</c>, the program first, its prefixes gone; variables not yet put in.</param>
/// <param name="Environment">The assignments of <c>Environment=</c>.</param>
/// <param name="EnvironmentFiles">The files of <c>EnvironmentFile=</c>; one that may be missing begins with a dash.</param>
/// <param name="WorkingDirectory">The folder in which it runs, or null.</param>
internal sealed record UnitFile(
    IReadOnlyList<string> Command,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyList<string> EnvironmentFiles,
    string? WorkingDirectory)
{
    /// <summary>Reads a unit. An empty assignment takes back those before it, as a drop-in does that is appended.</summary>
    /// <param name="text">The text of the unit, its drop-ins behind it.</param>
    public static UnitFile Parse(string text)
    {
        IReadOnlyList<string> command = [];
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        var files = new List<string>();
        string? workingDirectory = null;
        foreach (var (key, value) in ServiceSettings(text))
        {
            switch (key)
            {
                case "ExecStart":
                    command = Split(value.TrimStart('@', '-', ':', '+', '!'));
                    break;
                case "Environment" when value.Length == 0:
                    environment.Clear();
                    break;
                case "Environment":
                    foreach (var pair in Split(value).Select(word => word.Split('=', 2)).Where(pair => pair.Length == 2))
                    {
                        environment[pair[0]] = pair[1];
                    }

                    break;
                case "EnvironmentFile" when value.Length == 0:
                    files.Clear();
                    break;
                case "EnvironmentFile":
                    files.Add(value);
                    break;
                case "WorkingDirectory":
                    workingDirectory = value.Length > 0 ? value.TrimStart('-') : null;
                    break;
            }
        }

        return new UnitFile(command, environment, files, workingDirectory);
    }

    /// <summary>Puts in variables: <c>${NAME}</c> anywhere, <c>$NAME</c> as a whole word and split at white space.</summary>
    /// <param name="words">The words of the command.</param>
    /// <param name="environment">The variables.</param>
    public static IReadOnlyList<string> Expand(IReadOnlyList<string> words, IReadOnlyDictionary<string, string> environment)
    {
        var expanded = new List<string>();
        foreach (var word in words)
        {
            if (word.Length > 1 && word[0] == '$' && word[1] is not ('{' or '$'))
            {
                expanded.AddRange(environment.GetValueOrDefault(word[1..], "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            }
            else
            {
                expanded.Add(ExpandBraces(word, environment));
            }
        }

        return expanded;
    }

    /// <summary>Splits a line into words: quotes may stand around any part, a backslash takes the next character as it is.</summary>
    /// <param name="line">The line.</param>
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char? quote = null;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '\\' && i + 1 < line.Length && quote != '\'')
            {
                (word ??= new StringBuilder()).Append(line[++i]);
            }
            else if (quote is not null ? c == quote : c is '"' or '\'')
            {
                quote = quote is null ? c : null;
                word ??= new StringBuilder();
            }
            else if (quote is null && char.IsWhiteSpace(c))
            {
                if (word is not null) words.Add(word.ToString());
                word = null;
            }
            else
            {
                (word ??= new StringBuilder()).Append(c);
            }
        }

        if (word is not null) words.Add(word.ToString());
        return words;
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
            var trimmed = line.Trim();
            if (trimmed is ['#' or ';', ..]) continue; // Even between joined lines.
            if (trimmed.EndsWith('\\'))
            {
                joined += trimmed[..^1] + " ";
                continue;
            }

            var whole = (joined + trimmed).Trim();
            joined = "";
            if (whole is ['[', .., ']']) section = whole;
            var equals = whole.IndexOf('=', StringComparison.Ordinal);
            if (section == "[Service]" && equals > 0) yield return (whole[..equals].TrimEnd(), whole[(equals + 1)..].TrimStart());
        }
    }
}
