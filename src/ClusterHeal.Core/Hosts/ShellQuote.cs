namespace ClusterHeal.Hosts;

/// <summary>The only place where a value becomes part of a shell's text.</summary>
internal static class ShellQuote
{
    /// <summary>
    /// Writes a value so that a POSIX shell reads exactly that value, as one word: in single quotes, in which only the quote itself has a meaning.
    /// </summary>
    /// <exception cref="ArgumentException">The value has a NUL, which no argument of a program can have.</exception>
    public static string Quote(string value)
    {
        if (value.Contains('\0')) throw new ArgumentException("A NUL character cannot be given to a program.", nameof(value));
        return "'" + value.Replace("'", @"'\''", StringComparison.Ordinal) + "'";
    }
}
