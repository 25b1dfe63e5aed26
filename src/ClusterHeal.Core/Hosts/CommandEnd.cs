namespace ClusterHeal.Hosts;

/// <summary>How a command on a host ended.</summary>
/// <param name="ExitCode">Its exit code, or null if it has none.</param>
/// <param name="Signal">The signal that ended it, such as <c>KILL</c>, or null.</param>
/// <param name="Lost">Why it is not known how it ended; otherwise null.</param>
internal readonly record struct CommandEnd(int? ExitCode, string? Signal = null, string? Lost = null)
{
    /// <summary>In words that fit into brackets: <c>exit code 1</c>, <c>signal KILL</c>.</summary>
    public override string ToString() => Lost ?? (Signal is null ? $"exit code {ExitCode}" : $"signal {Signal}");
}
