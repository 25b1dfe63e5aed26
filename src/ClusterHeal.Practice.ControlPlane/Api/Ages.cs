namespace ClusterHeal.Practice.ControlPlane.Api;

/// <summary>Durations as kubectl shows them: two units at most, and the second only while it matters.</summary>
internal static class Ages
{
    /// <summary>The time that has passed, or a word if the start is not known.</summary>
    public static string Since(DateTimeOffset? start, DateTimeOffset now, string unknown = "<unknown>") =>
        start is { } from ? Text(now - from) : unknown;

    public static string Text(TimeSpan span)
    {
        var seconds = (long)span.TotalSeconds;
        if (seconds < -1) return "<invalid>";
        if (seconds < 0) return "0s";
        var (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
        return seconds switch
        {
            < 2 * 60 => $"{seconds}s",
            < 10 * 60 => Two(minutes, "m", seconds % 60, "s"),
            < 3 * 3600 => $"{minutes}m",
            < 8 * 3600 => Two(hours, "h", minutes % 60, "m"),
            < 48 * 3600 => $"{hours}h",
            < 8 * 86400 => Two(days, "d", hours % 24, "h"),
            < 2 * 365 * 86400 => $"{days}d",
            < 8L * 365 * 86400 => Two(days / 365, "y", days % 365, "d"),
            _ => $"{days / 365}y",
        };
    }

    private static string Two(long first, string unit, long second, string smallerUnit) =>
        second == 0 ? $"{first}{unit}" : $"{first}{unit}{second}{smallerUnit}";
}
