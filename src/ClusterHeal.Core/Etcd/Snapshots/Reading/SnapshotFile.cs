using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ClusterHeal.Bolt;
using ClusterHeal.Common;
using Microsoft.Win32.SafeHandles;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>A snapshot file that is open for reading: a database with its checksum at the end, or a database alone.</summary>
internal sealed class SnapshotFile : IDisposable
{
    private readonly SafeFileHandle _handle;
    private volatile BlockRing? _ring;

    private SnapshotFile(string path, SafeFileHandle handle)
    {
        Path = path;
        _handle = handle;
        Length = RandomAccess.GetLength(handle);
        LastWriteTime = new DateTimeOffset(File.GetLastWriteTimeUtc(path));
        if (Length == 0) throw new SnapshotFormatException(ErrorIds.SnapshotEmpty, path, 0, "it is empty", SaveAnother);
        var dataLength = SnapshotHash.HasChecksum(Length) ? Length - SHA256.HashSizeInBytes : Length;
        Database = BoltDatabase.Open(ReadForWalk, dataLength, MetaFindings) ?? throw new SnapshotFormatException(
            ErrorIds.SnapshotNotADatabase, path, 0,
            "it is not a database of etcd (bbolt), or both of its meta pages are damaged: " + string.Join("; ", MetaFindings.ToList()),
            "Name a file that Save-EtcdSnapshot or etcdctl saved, uncompressed. Of a damaged one, take another copy.");
    }

    /// <summary>What to do about a file that is of no use.</summary>
    public const string SaveAnother = "Take another copy of the snapshot, or save a new one with Save-EtcdSnapshot.";

    public string Path { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>When it was last written.</summary>
    public DateTimeOffset LastWriteTime { get; }

    public BoltDatabase Database { get; }

    /// <summary>What is wrong with its meta pages, though one of them is good.</summary>
    public BoltFindings MetaFindings { get; } = new();

    /// <summary>Opens a file.</summary>
    /// <exception cref="SnapshotFormatException">It is empty or no database.</exception>
    /// <exception cref="ClusterHealException">It cannot be read.</exception>
    public static SnapshotFile Open(string path)
    {
        FileKind.RequireReadable(path);
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
            return new SnapshotFile(path, handle);
        }
        catch (Exception e)
        {
            handle?.Dispose();
            if (e is IOException or UnauthorizedAccessException) throw FileFault.From(e, path, "read");
            throw;
        }
    }

    /// <summary>Fills <paramref name="destination"/> with the bytes from <paramref name="offset"/> on.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            var count = RandomAccess.Read(_handle, destination, offset);
            if (count == 0) throw new EndOfStreamException($"the file ends at byte {offset} while it is read");
            destination = destination[count..];
            offset += count;
        }
    }

    /// <summary>Reads the sha256 at the end of the file and does not prove it.</summary>
    public SnapshotSum ReadSum()
    {
        if (!SnapshotHash.HasChecksum(Length)) return new SnapshotSum(null, SnapshotChecksum.Missing);
        Span<byte> sum = stackalloc byte[SHA256.HashSizeInBytes];
        Read(Length - sum.Length, sum);
        return new SnapshotSum(SnapshotHash.Text(sum), SnapshotChecksum.NotCompared);
    }

    /// <summary>Reads the whole file for its sha256 and compares it with the one at the end.</summary>
    public SnapshotSum ComputeSum(CancellationToken cancellationToken)
    {
        using var ring = new BlockRing(Read, Length);
        _ring = ring;
        using var hash = new SnapshotHash();
        try
        {
            for (var block = ring.Take(); block.Length > 0; block = ring.Take())
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.Append(block);
            }
        }
        finally
        {
            _ring = null;
        }
        return hash.Complete();
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    /// <summary>Beside a sha256, which takes longer than everything else, the walk does the reading for both.</summary>
    [MethodImpl(HotPath.Optimized)]
    private void ReadForWalk(long offset, Span<byte> destination)
    {
        if (_ring is { } ring) ring.Read(offset, destination);
        else Read(offset, destination);
    }
}
