namespace ClusterHeal.Hosts;

/// <summary>The one place where a value becomes part of a shell's text.</summary>
internal static class ShellQuote
{
    /// <summary>
    /// Writes a value so that a POSIX shell reads it back as exactly that, as one word: in single quotes, within which only the
    /// quote itself has a meaning.
    /// </summary>
    /// <exception cref="ArgumentException">The value holds a NUL, which no argument of a program can.</exception>
    public static string Quote(string value)
    {
        if (value.Contains('\0')) throw new ArgumentException("A NUL character cannot be given to a program.", nameof(value));
        return "'" + value.Replace("'", @"'\''", StringComparison.Ordinal) + "'";
    }
}
