namespace ClusterHeal.Hosts;

/// <summary>How a script ended, and what it said.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it printed, without anything that the login itself printed.</param>
/// <param name="Error">The start of what it printed to standard error.</param>
public sealed record ScriptResult(int ExitCode, byte[] Output, string Error)
{
    /// <summary>The output as text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Output);
}
