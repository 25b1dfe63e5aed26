using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Which cluster a restored one replaced. A restore gives a cluster a new ID. Without this file its older snapshots would belong to an unknown
/// cluster: they would never be removed, and would not count as its backups. It is in the folder of the snapshots.
/// </summary>
internal sealed record ClusterLineage
{
    public const string CurrentSchema = "clusterheal.etcd-lineage/1";

    /// <summary>The end of the name of such a file.</summary>
    public const string Extension = ".lineage.json";

    /// <summary>Ours have a few hundred bytes. A larger file is not read.</summary>
    private const int MaxSize = 64 * 1024;

    public required string Schema { get; init; }

    /// <summary>The id of the restored cluster, hexadecimal.</summary>
    public required string ClusterId { get; init; }

    /// <summary>The id of the cluster whose data it replaced.</summary>
    public required string PredecessorId { get; init; }

    /// <summary>The restore.</summary>
    public required string OperationId { get; init; }

    /// <summary>When it had succeeded.</summary>
    public required DateTimeOffset RestoredAt { get; init; }

    /// <summary>A cluster and those before it, as far as the folder knows them.</summary>
    /// <param name="folder">The folder of the snapshots.</param>
    /// <param name="clusterId">The cluster that runs.</param>
    public static IReadOnlySet<string> Of(string folder, string clusterId)
    {
        HashSet<string> line = [];
        for (string? next = clusterId; next is not null && line.Add(next);) next = Read(folder, next)?.PredecessorId;
        return line;
    }

    /// <summary>Writes the file into a folder.</summary>
    /// <param name="folder">The folder of the snapshots.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void WriteTo(string folder)
    {
        var path = PathIn(folder, ClusterId);
        var part = DurableFile.PartFor(path);
        try
        {
            using (var stream = DurableFile.Create(part))
            {
                JsonSerializer.Serialize(stream, this, ClusterLineageJson.Default.ClusterLineage);
                stream.Flush(flushToDisk: true);
            }

            DurableFile.Publish(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    private static ClusterLineage? Read(string folder, string clusterId)
    {
        try
        {
            using var stream = File.OpenRead(PathIn(folder, clusterId));
            if (stream.Length > MaxSize) return null;
            var lineage = JsonSerializer.Deserialize(stream, ClusterLineageJson.Default.ClusterLineage);
            return lineage is { Schema: CurrentSchema } && lineage.ClusterId == clusterId ? lineage : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // Without it fewer snapshots count as this cluster's, so none is removed that should stay.
            return null;
        }
    }

    private static string PathIn(string folder, string clusterId) => Path.Combine(folder, $"etcd-{clusterId}{Extension}");
}

/// <summary>Reads and writes these files.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClusterLineage))]
internal sealed partial class ClusterLineageJson : JsonSerializerContext;
