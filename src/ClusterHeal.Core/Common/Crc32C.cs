using System.Buffers.Binary;
using System.Numerics;

namespace ClusterHeal.Common;

/// <summary>
/// CRC-32C (Castagnoli), the checksum of etcd's write-ahead log, its <c>.snap</c> files, <c>snapshot status</c> and HashKV.
/// Values are finished ones, as Go's <c>hash/crc32</c> hands them out, so that a sum can be continued with more data.
/// </summary>
public static class Crc32C
{
    /// <summary>Continues a checksum.</summary>
    /// <param name="crc">The checksum of all data so far; 0 where there is none.</param>
    /// <param name="data">The data that follows.</param>
    /// <returns>The checksum of both.</returns>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var octet in data) crc = BitOperations.Crc32C(crc, octet);
        return ~crc;
    }

    /// <summary>The checksum of one piece of data.</summary>
    /// <param name="data">All of it.</param>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);
}
