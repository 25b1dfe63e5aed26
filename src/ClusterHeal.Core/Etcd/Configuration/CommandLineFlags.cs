namespace ClusterHeal.Etcd.Configuration;

/// <summary>Reads flags as Go's flag package does: <c>-name</c> and <c>--name</c>, <c>=value</c> or the value as the next word.</summary>
internal static class CommandLineFlags
{
    // Flags of etcd that are true without a value and never take the next word.
    private static readonly HashSet<string> Switches = new(StringComparer.Ordinal)
    {
        "auto-tls", "peer-auto-tls", "client-cert-auth", "peer-client-cert-auth", "peer-skip-client-san-verification", "strict-reconfig-check",
        "force-new-cluster", "pre-vote", "enable-v2", "enable-pprof", "enable-log-rotation", "enable-grpc-gateway", "unsafe-no-fsync", "debug", "version",
        "socket-reuse-port", "socket-reuse-address",
    };

    /// <summary>Reads the flags.</summary>
    /// <param name="source">The file, for messages.</param>
    /// <param name="arguments">The words after the program.</param>
    /// <returns>Each flag's value; a flag without one is <c>true</c>. Of several the last counts.</returns>
    /// <exception cref="ClusterHealException">There is a word that is neither a flag nor the value of one; etcd does not start with it.</exception>
    public static Dictionary<string, string> Parse(string source, IReadOnlyList<string> arguments)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--" && i == arguments.Count - 1) break;
            if (argument is not (['-', not '-', ..] or ['-', '-', _, ..])) throw Refused(source, argument == "--" && i + 1 < arguments.Count ? arguments[i + 1] : argument);
            var text = argument.TrimStart('-');
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0)
            {
                flags[text[..equals]] = text[(equals + 1)..];
            }
            else if (Switches.Contains(text))
            {
                flags[text] = "true";
            }
            else
            {
                // An unknown flag may be a switch, too. A known one takes the next word, even if it looks like a flag.
                var isLast = i + 1 == arguments.Count;
                var isKnown = EtcdSettings.IsKnown(text) || text == "config-file";
                if (isKnown && isLast) throw ConfigurationFault.At(source, null, $"gives the flag --{text} no value, and etcd does not start so", "Correct the command line.");
                flags[text] = isKnown || (!isLast && !arguments[i + 1].StartsWith('-')) ? arguments[++i] : "true";
            }
        }

        return flags;
    }

    private static ClusterHealException Refused(string source, string word) => ConfigurationFault.At(
        source, null, $"gives etcd the word '{word}', which is no flag and no flag's value, and etcd does not start with it", "Correct the command line.");
}
