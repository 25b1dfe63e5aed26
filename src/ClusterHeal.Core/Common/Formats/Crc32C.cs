using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClusterHeal.Common;

/// <summary>
/// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78, initial and final complement), the checksum of etcd. The framework uses
/// the processor's own instruction if there is one.
/// </summary>
internal static class Crc32C
{
    private const uint Polynomial = 0x82F63B78;

    /// <summary>Words of eight bytes of one lane; a record of a few hundred bytes still fills three of them.</summary>
    private const int LaneWords = 16;

    /// <summary>x^(2^n) modulo the polynomial for every n that the length of a block in bits can have.</summary>
    private static readonly uint[] PowersOfTwo = MakePowersOfTwo();

    /// <summary>What a lane of zeros makes of a remainder: for each of its four bytes and each value of that byte.</summary>
    private static readonly uint[] LaneShifts = MakeLaneShifts();

    /// <summary>The checksum of A‖B from the checksum of A (0 for an empty A) and the bytes of B.</summary>
    [MethodImpl(HotPath.Optimized)]
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        if (BitConverter.IsLittleEndian)
        {
            var words = MemoryMarshal.Cast<byte, ulong>(data);
            data = data[(words.Length * sizeof(ulong))..];

            // The instruction takes three cycles, but one can begin in each: three lanes take no longer than one.
            for (; words.Length >= 3 * LaneWords; words = words[(3 * LaneWords)..])
            {
                var (second, third) = (0u, 0u);
                for (var i = 0; i < LaneWords; i++)
                {
                    crc = BitOperations.Crc32C(crc, words[i]);
                    second = BitOperations.Crc32C(second, words[LaneWords + i]);
                    third = BitOperations.Crc32C(third, words[(2 * LaneWords) + i]);
                }
                crc = ShiftLane(ShiftLane(crc) ^ second) ^ third;
            }
            foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
        }
        while (data.Length >= sizeof(uint))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt32LittleEndian(data));
            data = data[sizeof(uint)..];
        }
        foreach (var octet in data) crc = BitOperations.Crc32C(crc, octet);
        return ~crc;
    }

    /// <summary>
    /// The checksum of A‖B from the checksums of both and the length of B in bytes, so that blocks can be summed apart from one
    /// another. A CRC is linear: B's bytes only multiply A's remainder by x^(8·length).
    /// </summary>
    [MethodImpl(HotPath.Optimized)]
    public static uint Combine(uint first, uint second, long secondLength)
    {
        var shift = 1u << 31;
        for (var (bits, power) = (secondLength, 3); bits != 0; bits >>= 1, power++)
        {
            if ((bits & 1) != 0) shift = Multiply(PowersOfTwo[power], shift);
        }
        return Multiply(shift, first) ^ second;
    }

    /// <summary>The remainder after a lane of zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ShiftLane(uint crc)
    {
        var shifts = LaneShifts;
        return shifts[crc & 0xff] ^ shifts[0x100 + ((crc >> 8) & 0xff)] ^ shifts[0x200 + ((crc >> 16) & 0xff)] ^ shifts[0x300 + (crc >> 24)];
    }

    /// <summary>The product of two polynomials modulo ours; bit 31 is x^0.</summary>
    [MethodImpl(HotPath.Optimized)]
    private static uint Multiply(uint a, uint b)
    {
        var product = 0u;
        for (var bit = 31; bit >= 0; bit--)
        {
            // Masks and no branches: no processor can guess the bits of a checksum.
            product ^= b & (0 - ((a >> bit) & 1));
            b = (b >> 1) ^ (Polynomial & (0 - (b & 1)));
        }
        return product;
    }

    private static uint[] MakeLaneShifts()
    {
        // x^(8·128): 128 bytes are 2^10 bits.
        var lane = PowersOfTwo[BitOperations.Log2(LaneWords * sizeof(ulong) * 8)];
        var shifts = new uint[4 * 256];
        for (var i = 0; i < shifts.Length; i++) shifts[i] = Multiply(lane, (uint)(i & 0xff) << (i >> 8 << 3));
        return shifts;
    }

    private static uint[] MakePowersOfTwo()
    {
        var powers = new uint[66];
        powers[0] = 1u << 30;
        for (var n = 1; n < powers.Length; n++) powers[n] = Multiply(powers[n - 1], powers[n - 1]);
        return powers;
    }
}
