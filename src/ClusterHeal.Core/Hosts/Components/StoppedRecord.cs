using System.Globalization;

namespace ClusterHeal.Hosts;

/// <summary>The record that a host keeps of a component that ClusterHeal stopped there, until it is started again.</summary>
/// <param name="Key">The component's key.</param>
/// <param name="OperationId">The operation that stopped it.</param>
/// <param name="StoppedAt">When.</param>
/// <param name="HealsAt">When the host starts it again, or null for never.</param>
/// <param name="Timer">The timer that starts it; empty for none.</param>
/// <param name="Source">The unit, or the manifest's own path.</param>
/// <param name="ParkedPath">Where the manifest is meanwhile; empty for a unit.</param>
/// <param name="DependentUnits">The units that were stopped with it.</param>
internal sealed record StoppedRecord(
    string Key,
    string OperationId,
    DateTimeOffset StoppedAt,
    DateTimeOffset? HealsAt,
    string Timer,
    string Source,
    string ParkedPath,
    string[] DependentUnits)
{
    /// <summary>Reads the line, whose fields are separated by tabs; null if it is no record.</summary>
    public static StoppedRecord? Parse(string line)
    {
        if (line.Split('\t') is not [var key, var operation, var stopped, var heals, var timer, var source, var parked, var dependents]) return null;
        return Time(stopped) is not { } at ? null : new StoppedRecord(
            key, operation, at, Time(heals), timer, source, parked, dependents.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static DateTimeOffset? Time(string seconds) =>
        long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? DateTimeOffset.FromUnixTimeSeconds(number)
            : null;
}
