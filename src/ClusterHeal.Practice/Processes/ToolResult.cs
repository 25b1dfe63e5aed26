namespace ClusterHeal.Practice.Processes;

/// <summary>The result of a program that has ended.</summary>
/// <param name="Command">The command line as a person would read it, for messages.</param>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">All of its standard output.</param>
/// <param name="Error">All of its standard error.</param>
public sealed record ToolResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>Returns this result if the program succeeded.</summary>
    /// <exception cref="PracticeException">It did not; the message has the end of its output.</exception>
    public ToolResult Expect()
    {
        if (ExitCode == 0) return this;
        var words = (string.IsNullOrWhiteSpace(Error) ? Output : Error).TrimEnd();
        throw new PracticeException($"'{Command}' ended with {ExitCode}: {(words.Length > 2000 ? words[^2000..] : words)}");
    }

    /// <inheritdoc />
    public override string ToString() => $"{Command}: {ExitCode}";
}
