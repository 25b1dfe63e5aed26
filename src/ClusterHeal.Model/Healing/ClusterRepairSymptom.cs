namespace ClusterHeal;

/// <summary>A failed check for which Repair-Cluster has no step.</summary>
/// <param name="Name">The check.</param>
/// <param name="Target">What was checked.</param>
/// <param name="Status">The answer.</param>
/// <param name="Reason">Why there is no step: what is to heal it, or what somebody has to decide.</param>
/// <param name="Command">The command that somebody could run; null if there is none.</param>
public sealed record ClusterRepairSymptom(string Name, string Target, CheckStatus Status, string Reason, string? Command = null)
{
    /// <summary>One line.</summary>
    public override string ToString() => $"{Name} {Target}: {Reason}" + (Command is null ? "" : $" {Command}");
}
