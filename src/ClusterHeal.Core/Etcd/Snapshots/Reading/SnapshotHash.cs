using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// The sha256 of a snapshot while its bytes pass, compared with the 32 bytes at its end. A database has whole pages, so a file has
/// such an end if 32 bytes are left over (etcd: etcdutl/snapshot/v3_snapshot.go, hasChecksum).
/// </summary>
internal sealed class SnapshotHash : IDisposable
{
    private const int SectorSize = 512;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _end = new byte[SHA256.HashSizeInBytes];
    private int _held;
    private long _length;

    /// <summary>Whether a file of this length ends with a checksum.</summary>
    public static bool HasChecksum(long fileLength) => fileLength % SectorSize == SHA256.HashSizeInBytes;

    /// <summary>Takes the next bytes of the file. The last 32 are held back: they may be the checksum.</summary>
    [MethodImpl(HotPath.Optimized)]
    public void Append(ReadOnlySpan<byte> block)
    {
        _length += block.Length;
        var release = Math.Min(_held, Math.Max(0, _held + block.Length - _end.Length));
        _hash.AppendData(_end.AsSpan(0, release));
        _end.AsSpan(release, _held - release).CopyTo(_end);
        _held -= release;

        var direct = Math.Max(0, block.Length - (_end.Length - _held));
        _hash.AppendData(block[..direct]);
        block[direct..].CopyTo(_end.AsSpan(_held));
        _held += block.Length - direct;
    }

    /// <summary>The sha256 of the database in hexadecimal digits, and whether it agrees with the end of the file. Call it once.</summary>
    public SnapshotSum Complete()
    {
        if (!HasChecksum(_length))
        {
            _hash.AppendData(_end.AsSpan(0, _held));
            return new SnapshotSum(Text(_hash.GetHashAndReset()), SnapshotChecksum.Missing);
        }
        var sum = _hash.GetHashAndReset();
        return new SnapshotSum(Text(sum), sum.AsSpan().SequenceEqual(_end) ? SnapshotChecksum.Verified : SnapshotChecksum.Wrong);
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    /// <summary>A checksum as people write it.</summary>
    public static string Text(ReadOnlySpan<byte> sum) => Convert.ToHexString(sum).ToLowerInvariant();
}

/// <summary>The sha256 of a database.</summary>
/// <param name="Sha256">64 hexadecimal digits; null if it is not known.</param>
/// <param name="Checksum">Whether it is proven.</param>
internal sealed record SnapshotSum(string? Sha256, SnapshotChecksum Checksum);
