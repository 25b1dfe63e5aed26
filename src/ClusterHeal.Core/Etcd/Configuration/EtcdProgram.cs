using System.Text.RegularExpressions;

namespace ClusterHeal.Etcd.Configuration;

/// <summary>Finds etcd in the command that starts it: by its program, not by a word that looks like it.</summary>
/// <param name="Arguments">The words after etcd.</param>
/// <param name="Environment">Its variables.</param>
internal sealed partial record EtcdProgram(IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    private const int MaxWrappers = 8;

    /// <summary>Looks through programs that only start another one (<c>sh -c</c>, <c>env</c>, <c>nice</c>).</summary>
    /// <param name="source">The file, for messages.</param>
    /// <param name="line">The line, or null.</param>
    /// <param name="words">The command.</param>
    /// <param name="environment">The variables.</param>
    /// <exception cref="ClusterHealException">It starts something else, or in a way that cannot be followed here.</exception>
    public static EtcdProgram Find(string source, int? line, IReadOnlyList<string> words, IReadOnlyDictionary<string, string> environment)
    {
        (IReadOnlyList<string> Words, IReadOnlyDictionary<string, string> Environment)? command = (words, environment);
        for (var i = 0; i < MaxWrappers && command is { Words: [var program, ..] } current; i++)
        {
            if (IsEtcd(program)) return new EtcdProgram([.. current.Words.Skip(1)], current.Environment);
            command = Inner(current.Words, current.Environment);
        }

        throw NotUnderstood(source, line, words);
    }

    /// <summary>True for <c>etcd</c> in any folder, and for names that add a version to it.</summary>
    public static bool IsEtcd(string program) => EtcdName().IsMatch(program);

    private static (IReadOnlyList<string> Words, IReadOnlyDictionary<string, string> Environment)? Inner(
        IReadOnlyList<string> words, IReadOnlyDictionary<string, string> environment)
    {
        var name = words[0][(words[0].LastIndexOf('/') + 1)..];
        string[] rest = [.. words.Skip(1)];
        return name switch
        {
            "sh" or "bash" or "dash" or "ash" => OfShell(rest, environment),
            "env" => OfEnv(rest, environment),
            "nice" => Behind(rest, Nice()),
            "ionice" => Behind(rest, IoNice()),
            "nohup" => Behind(rest, null),
            _ => null,
        };

        (IReadOnlyList<string>, IReadOnlyDictionary<string, string>)? Behind(string[] words, Regex? option)
        {
            // Options are matched together with a value that may follow them.
            var text = string.Join('\0', words) + "\0";
            var options = option?.Match(text).Value ?? "";
            string[] inner = [.. words.Skip(options.Count(c => c == '\0'))];
            return inner is [['-', ..], ..] ? null : (inner, environment);
        }
    }

    private static (IReadOnlyList<string>, IReadOnlyDictionary<string, string>)? OfShell(string[] words, IReadOnlyDictionary<string, string> environment)
    {
        var options = words.TakeWhile(word => ShellOptions().IsMatch(word)).ToList();
        if (!options.Any(option => option.EndsWith('c')) || options.Count >= words.Length) return null;
        return ShellLine.Parse(words[options.Count], environment);
    }

    private static (IReadOnlyList<string>, IReadOnlyDictionary<string, string>)? OfEnv(string[] words, IReadOnlyDictionary<string, string> environment)
    {
        var variables = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        for (var i = 0; i < words.Length; i++)
        {
            var word = words[i];
            if (word is "-i" or "-" or "--ignore-environment") variables.Clear();
            else if (word is "-u" or "--unset" && i + 1 < words.Length) variables.Remove(words[++i]);
            else if (word.StartsWith("--unset=", StringComparison.Ordinal)) variables.Remove(word["--unset=".Length..]);
            else if (word == "--") continue;
            else if (word.StartsWith('-')) return null;
            else if (word.Split('=', 2) is [{ Length: > 0 } name, var value]) variables[name] = value;
            else return (words[i..], variables);
        }

        return null;
    }

    private static ClusterHealException NotUnderstood(string source, int? line, IReadOnlyList<string> words)
    {
        var it = line is null ? "" : "it ";
        return ConfigurationFault.At(
            source,
            line,
            Containers().IsMatch(words[0])
                ? $"{it}starts a container by '{words[0]}', and what etcd is given there, in folders of its own, cannot be read here"
                : $"{it}starts '{words[0]}', not etcd itself; if etcd is started by that, its settings cannot be read here",
            "Name etcd's own file instead (its --config-file or its environment file), or give the settings to the cmdlet that needs them: "
            + "-Endpoint, -CaFile, -CertFile, -KeyFile.");
    }

    [GeneratedRegex(@"^(.*/)?etcd([-.v0-9]+)?$", RegexOptions.Singleline)]
    private static partial Regex EtcdName();

    [GeneratedRegex(@"^(.*/)?(docker|podman|nerdctl|ctr|crictl|runc|rkt|systemd-nspawn)$")]
    private static partial Regex Containers();

    [GeneratedRegex(@"^-[eux]*c?$")]
    private static partial Regex ShellOptions();

    [GeneratedRegex(@"^((-n\0-?\d+|-n-?\d+|--?\d+|--adjustment(=|\0)-?\d+)\0)*(--\0)?")]
    private static partial Regex Nice();

    [GeneratedRegex(@"^((-[cn]\0?\w+|--class(=|\0)\w+|--classdata(=|\0)\d|-t|--ignore)\0)*(--\0)?")]
    private static partial Regex IoNice();
}
