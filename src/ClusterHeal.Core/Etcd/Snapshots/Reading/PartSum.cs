using System.Runtime.CompilerServices;
using ClusterHeal.Bolt;
using ClusterHeal.Common;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>The sum of the records of one part of a bucket: CRC-32C over keys and values in their order, and its length.</summary>
internal class PartSum : IRecordVisitor
{
    /// <summary>The checksum.</summary>
    public uint Crc { get; private set; }

    /// <summary>How many bytes it is over.</summary>
    public long Length { get; private set; }

    /// <summary>How many records the part has.</summary>
    public uint Records { get; protected set; }

    /// <summary>Whether a record of this part is not the newest of its key. Other threads set it, too.</summary>
    public bool HasSuperseded { get; set; }

    /// <inheritdoc/>
    [MethodImpl(HotPath.Optimized)]
    public virtual void Visit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Count(key, value);
        Records++;
    }

    /// <summary>Adds a record to the sum.</summary>
    [MethodImpl(HotPath.Optimized)]
    protected void Count(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Crc = Crc32C.Append(Crc32C.Append(Crc, key), value);
        Length += key.Length + value.Length;
    }
}
