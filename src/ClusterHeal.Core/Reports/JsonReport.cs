using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClusterHeal.Reports;

/// <summary>
/// Reports as JSON, for programs: always a list, with the properties of <see cref="Report"/>. Times are UTC or have their zone; durations
/// are <c>00:01:30.5</c>.
/// </summary>
internal static class JsonReport
{
    public static Task WriteAsync(IReadOnlyList<Report> reports, Stream stream, CancellationToken cancellationToken) =>
        JsonSerializer.SerializeAsync(stream, reports, ReportJson.Default.IReadOnlyListReport, cancellationToken);
}

/// <summary>How reports are written.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<Report>))]
internal sealed partial class ReportJson : JsonSerializerContext;
