using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// The file beside a snapshot that was saved here. It shows that the snapshot is ours, and tells a restore what the cluster looked like. It has
/// names, paths and hashes, but no keys.
/// </summary>
internal sealed partial record SnapshotManifest
{
    public const string CurrentSchema = "clusterheal.etcd-snapshot/1";

    /// <summary>The end of a manifest's name, after the whole name of the snapshot.</summary>
    public const string Extension = ".manifest.json";

    /// <summary>Ours have a few thousand bytes. A larger file is not read.</summary>
    private const int MaxSize = 1024 * 1024;

    public required string Schema { get; init; }

    /// <summary>The name of the snapshot's file, without a folder.</summary>
    public required string File { get; init; }

    /// <summary>Bytes of the file.</summary>
    public required long Size { get; init; }

    /// <summary>The sha256 of the database, without the checksum at its end, as the member sent it.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The hash of <c>etcdutl snapshot status</c>.</summary>
    public required uint Hash { get; init; }

    /// <summary>The last revision.</summary>
    public required long Revision { get; init; }

    /// <summary>The hash of all keys at <see cref="HashKvRevision"/>.</summary>
    public required uint HashKv { get; init; }

    public required long HashKvRevision { get; init; }

    /// <summary>The compact revision that <see cref="HashKv"/> goes with.</summary>
    public required long CompactRevision { get; init; }

    /// <summary>Records in all buckets.</summary>
    public required long TotalKeys { get; init; }

    public required long LiveKeys { get; init; }

    /// <summary>When the stream ended.</summary>
    public required DateTimeOffset SavedAt { get; init; }

    /// <summary>Why it was saved; null in manifests of older versions.</summary>
    public SnapshotCause? Cause { get; init; }

    /// <summary>The member that sent it.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Who saved it, and on which machine; null in manifests of older versions.</summary>
    public string? SavedBy { get; init; }

    /// <summary>That member's id, hexadecimal.</summary>
    public required string MemberId { get; init; }

    /// <summary>The cluster's id, hexadecimal.</summary>
    public required string ClusterId { get; init; }

    /// <summary>The version of that member's server.</summary>
    public required string ServerVersion { get; init; }

    /// <summary>The storage version; empty before etcd 3.6.</summary>
    public required string StorageVersion { get; init; }

    /// <summary>The members of the cluster.</summary>
    public required SnapshotManifestMember[] Members { get; init; }

    /// <summary>How the member was set up, if that was known when it was saved.</summary>
    public EtcdConfiguration? Configuration { get; init; }

    /// <summary>When a restore of it was last rehearsed with success, or null.</summary>
    public DateTimeOffset? RehearsedAt { get; init; }

    /// <summary>The manifest's file for a snapshot.</summary>
    /// <param name="snapshot">The snapshot's file.</param>
    public static string PathFor(string snapshot) => snapshot + Extension;

    /// <summary>True if a run into a folder made it. If a manifest does not say so, the dated name of such runs does.</summary>
    [JsonIgnore]
    public bool IsOfRun => Cause is { } cause ? cause == SnapshotCause.Run : FormerRunName().IsMatch(File);

    [JsonIgnore]
    public EtcdSnapshotOrigin Origin => new()
    {
        SavedAt = SavedAt,
        SavedBy = SavedBy,
        Endpoint = Endpoint,
        MemberId = MemberId,
        ClusterId = ClusterId,
        ServerVersion = ServerVersion,
    };

    /// <summary>Reads the manifest beside a snapshot, whether it fits that file or not.</summary>
    /// <param name="snapshot">The snapshot's file.</param>
    /// <returns>Null if there is none that can be read.</returns>
    public static SnapshotManifest? Read(string snapshot)
    {
        try
        {
            using var stream = System.IO.File.OpenRead(PathFor(snapshot));
            if (stream.Length > MaxSize) return null;
            var manifest = JsonSerializer.Deserialize(stream, SnapshotManifestJson.Default.SnapshotManifest);
            return manifest is { Schema: CurrentSchema } ? manifest : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The manifest of a snapshot that was saved here under this name. The file must still be that one, by its size and the sha256 at its end.</summary>
    /// <param name="snapshot">The snapshot's file.</param>
    /// <returns>Null if there is none, or none that belongs to this file.</returns>
    public static SnapshotManifest? Find(string snapshot)
    {
        if (Read(snapshot) is not { } manifest || manifest.File != Path.GetFileName(snapshot)) return null;
        try
        {
            using var file = System.IO.File.OpenHandle(snapshot);
            Span<byte> end = stackalloc byte[SHA256.HashSizeInBytes];
            var length = RandomAccess.GetLength(file);
            if (length != manifest.Size || length < end.Length) return null;
            return RandomAccess.Read(file, end, length - end.Length) == end.Length && SnapshotHash.Text(end) == manifest.Sha256 ? manifest : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Says in what a file differs from the one that was saved.</summary>
    /// <param name="snapshot">What is in the file.</param>
    /// <returns>Null if it is the same.</returns>
    public string? DifferenceTo(EtcdSnapshot snapshot)
    {
        if (snapshot.FileSize != Size) return $"it has {snapshot.FileSize} bytes, and {Size} were saved";
        if (snapshot.Sha256 != Sha256) return $"its sha256 is {snapshot.Sha256 ?? "missing"}, and {Sha256} was saved";
        return snapshot.Hash != Hash ? $"the hash of its records is {snapshot.Hash:x}, and {Hash:x} was saved" : null;
    }

    /// <summary>Notes in the manifest of a snapshot that a restore of it was rehearsed. Without a manifest, or in a read-only folder, there is no note.</summary>
    /// <param name="snapshot">The snapshot's file.</param>
    /// <param name="time">When it was rehearsed.</param>
    public static void NoteRehearsal(string snapshot, DateTimeOffset time)
    {
        if (Find(snapshot) is not { } manifest) return;
        var part = DurableFile.PartFor(snapshot);
        try
        {
            using (var stream = DurableFile.Create(part))
            {
                (manifest with { RehearsedAt = time }).WriteTo(stream);
                stream.Flush(flushToDisk: true);
            }

            DurableFile.Publish(part, PathFor(snapshot), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The rehearsal is valid anyway.
        }
        finally
        {
            if (System.IO.File.Exists(part)) System.IO.File.Delete(part);
        }
    }

    /// <summary>Writes the manifest as JSON.</summary>
    /// <param name="stream">Takes it.</param>
    public void WriteTo(Stream stream) => JsonSerializer.Serialize(stream, this, SnapshotManifestJson.Default.SnapshotManifest);

    [GeneratedRegex(@"^etcd-\d{8}T\d{6}Z\.db$", RegexOptions.CultureInvariant)]
    private static partial Regex FormerRunName();
}

/// <summary>A member in a manifest.</summary>
/// <param name="Id">The id, hexadecimal.</param>
/// <param name="Name">The name.</param>
/// <param name="PeerUrls">The URLs for other members.</param>
/// <param name="ClientUrls">The URLs for clients.</param>
/// <param name="IsLearner">True for a learner.</param>
internal sealed record SnapshotManifestMember(string Id, string Name, string[] PeerUrls, string[] ClientUrls, bool IsLearner);

/// <summary>Reads and writes manifests.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    Converters = [typeof(ItemTextsConverter)],
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SnapshotManifest))]
internal sealed partial class SnapshotManifestJson : JsonSerializerContext;
