namespace ClusterHeal;

/// <summary>A host that could not be reached or entered, or on which something did not work.</summary>
/// <param name="errorId">One of <see cref="ErrorIds"/>.</param>
/// <param name="category">The kind of failure.</param>
/// <param name="message">What happened, on which host, and what was left as it was.</param>
/// <param name="hostName">The host.</param>
/// <param name="remedy">What to do next.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class HostShellException(
    string errorId,
    FaultCategory category,
    string message,
    string hostName,
    string? remedy = null,
    Exception? innerException = null)
    : ClusterHealException(errorId, category, message, hostName, remedy, innerException)
{
    /// <summary>The host.</summary>
    public string HostName { get; } = hostName;

    /// <summary>What is known of the script that should run there.</summary>
    public HostScriptState ScriptState { get; init; }

    /// <summary>The exit code of the script, or null if it did not come to its end.</summary>
    public int? ExitCode { get; init; }
}
