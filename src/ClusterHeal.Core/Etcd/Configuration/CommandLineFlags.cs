namespace ClusterHeal.Etcd.Configuration;

/// <summary>Reads flags as Go's flag package does: <c>-name</c> and <c>--name</c>, <c>=value</c> or the value as the next word.</summary>
internal static class CommandLineFlags
{
    /// <summary>Reads the flags.</summary>
    /// <param name="arguments">The words behind the program.</param>
    /// <returns>Each flag's value; a flag without one is <c>true</c>. Of several the last counts.</returns>
    public static Dictionary<string, string> Parse(IReadOnlyList<string> arguments)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Count; i++)
        {
            if (!arguments[i].StartsWith('-')) continue;
            var text = arguments[i].TrimStart('-');
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0)
            {
                flags[text[..equals]] = text[(equals + 1)..];
            }
            else
            {
                // etcd takes no arguments besides its flags, so that a word without a dash is the value of the flag before it.
                var hasValue = i + 1 < arguments.Count && !arguments[i + 1].StartsWith('-');
                flags[text] = hasValue ? arguments[++i] : "true";
            }
        }

        return flags;
    }
}
