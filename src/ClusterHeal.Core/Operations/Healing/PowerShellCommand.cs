namespace ClusterHeal.Operations.Healing;

/// <summary>A command line for people to copy. Every value is quoted so that PowerShell does not change it, whatever it contains.</summary>
internal static class PowerShellCommand
{
    // PowerShell reads each of these as the end of a text in single quotes.
    private const string SingleQuotes = "'\u2018\u2019\u201A\u201B";

    /// <summary>The command line.</summary>
    /// <param name="cmdlet">The cmdlet, with the switches that it has.</param>
    /// <param name="parameters">The parameters, each with its values; a parameter without values is left out.</param>
    public static string Of(string cmdlet, params (string Name, IEnumerable<string?> Values)[] parameters) => string.Concat(
        parameters
            .Select(parameter => (parameter.Name, Values: parameter.Values.OfType<string>().Select(Quote).ToArray()))
            .Where(parameter => parameter.Values.Length > 0)
            .Select(parameter => $" -{parameter.Name} {string.Join(", ", parameter.Values)}")
            .Prepend(cmdlet));

    /// <summary>A value as PowerShell has to read it: bare if it is a plain word, otherwise in single quotes.</summary>
    internal static string Quote(string value)
    {
        // A word that begins with a digit could be read as a number.
        var isPlain = value.Length > 0 && char.IsAsciiLetter(value[0]) && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
        return isPlain ? value : "'" + string.Concat(value.Select(c => SingleQuotes.Contains(c) ? $"{c}{c}" : $"{c}")) + "'";
    }
}
