using System.Globalization;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>Writes numbers of bytes for people.</summary>
internal static class Size
{
    /// <summary>Whole MiB from 100 MiB on, tenths below, KiB if it is less than one.</summary>
    public static string Text(long bytes) => bytes switch
    {
        >= 100 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB"),
        >= 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 10} KiB"),
    };
}
