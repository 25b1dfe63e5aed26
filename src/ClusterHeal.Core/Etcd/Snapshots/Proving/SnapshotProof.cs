namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// Whether a file is, byte for byte, what a server sent: the one place that decides it. The sha256 at its end shows it, or, for a file without one,
/// the sha256 in the manifest from when it was saved.
/// </summary>
internal sealed record SnapshotProof
{
    /// <summary>True if a checksum fits, false if one does not, null if there is none to compare with.</summary>
    public required bool? Holds { get; init; }

    /// <summary>What was compared, and with what result, as a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>What to do, or null if the checksum fits.</summary>
    public string? Remedy { get; init; }

    /// <summary>True if the manifest beside the file belongs to another file.</summary>
    public bool IsOfAnotherManifest { get; init; }

    /// <summary>Judges a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sum">Its sha256, computed.</param>
    public static SnapshotProof Of(string path, SnapshotSum sum)
    {
        var manifest = SnapshotManifest.Read(path);
        var isOther = manifest is not null && manifest.Sha256 != sum.Sha256;
        return sum.Checksum switch
        {
            SnapshotChecksum.Verified => new SnapshotProof
            {
                Holds = true,
                IsOfAnotherManifest = isOther,
                Message = "The sha256 at its end fits: it is what the server sent, byte for byte."
                    + (isOther ? " The manifest beside it is that of another file." : ""),
                Remedy = isOther ? $"Remove '{SnapshotManifest.PathFor(path)}', or put back the file that it describes." : null,
            },
            SnapshotChecksum.Missing when isOther => new SnapshotProof
            {
                Holds = false,
                IsOfAnotherManifest = true,
                Message = "It has no sha256 at its end, and the one in its manifest does not fit: the file is not what was saved.",
                Remedy = SnapshotFile.SaveAnother,
            },
            SnapshotChecksum.Missing when manifest is not null => new SnapshotProof
            {
                Holds = true,
                Message = "It has no sha256 at its end, and the one in its manifest fits: it is the database that was saved, byte for byte.",
            },
            SnapshotChecksum.Missing => new SnapshotProof
            {
                Holds = null,
                Message = "It has no sha256 at its end and no manifest, as a copied database or a file that was cut: nothing shows whether values were changed.",
                Remedy = "Save snapshots with Save-EtcdSnapshot or 'etcdctl snapshot save'. Restoring this one takes -SkipHashCheck.",
            },
            _ => new SnapshotProof
            {
                Holds = false,
                Message = "The sha256 at its end does not fit: the file is not what the server sent.",
                Remedy = SnapshotFile.SaveAnother,
            },
        };
    }
}
