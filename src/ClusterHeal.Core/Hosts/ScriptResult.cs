namespace ClusterHeal.Hosts;

/// <summary>The end of a script, and its output.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it printed, without what the login printed.</param>
/// <param name="Error">The start of what it printed to standard error.</param>
public sealed record ScriptResult(int ExitCode, byte[] Output, string Error)
{
    /// <summary>The output as text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Output);
}
