namespace ClusterHeal.Help;

/// <summary>Something wrong with a page.</summary>
/// <param name="File">The page.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Message">What is wrong.</param>
internal sealed record Fault(string File, int Line, string Message)
{
    /// <summary>In the form that MSBuild and editors understand.</summary>
    public override string ToString() => $"{File}({Line}): error HELP: {Message}";
}
