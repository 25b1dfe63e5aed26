using ClusterHeal.Common;

namespace ClusterHeal.Tests.Common;

public sealed class Crc32CTests
{
    [Fact]
    public void The_check_value_of_the_catalogue_comes_out() => Assert.Equal(0xE3069283u, Crc32C.Append(0, "123456789"u8));

    [Fact]
    public void The_vectors_of_RFC_3720_come_out()
    {
        Assert.Equal(0x8A9136AAu, Crc32C.Append(0, new byte[32]));
        Assert.Equal(0x62A8AB43u, Crc32C.Append(0, Enumerable.Repeat((byte)0xff, 32).ToArray()));
        Assert.Equal(0x46DD794Eu, Crc32C.Append(0, Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
    }

    /// <summary>Bit by bit, as the sum is defined; long data goes through several lanes.</summary>
    [Fact]
    public void Any_length_gives_the_remainder_of_the_division()
    {
        var data = new byte[1600];
        new Random(2).NextBytes(data);
        var remainder = uint.MaxValue;
        for (var length = 0; length < data.Length; length++)
        {
            Assert.Equal(~remainder, Crc32C.Append(0, data.AsSpan(0, length)));
            remainder ^= data[length];
            for (var bit = 0; bit < 8; bit++) remainder = (remainder >> 1) ^ ((remainder & 1) * 0x82F63B78);
        }
    }

    [Fact]
    public void Any_cut_gives_the_same_sum_appended_and_combined()
    {
        var data = new byte[5000];
        new Random(1).NextBytes(data);
        var whole = Crc32C.Append(0, data);
        for (var cut = 0; cut <= data.Length; cut += 7)
        {
            var first = Crc32C.Append(0, data.AsSpan(0, cut));
            Assert.Equal(whole, Crc32C.Append(first, data.AsSpan(cut)));
            Assert.Equal(whole, Crc32C.Combine(first, Crc32C.Append(0, data.AsSpan(cut)), data.Length - cut));
        }
    }

    [Fact]
    public void Lengths_beyond_32_bits_combine()
    {
        // Zeros behind a sum, 5 GiB of them: once in a step and once in five.
        var block = 1L << 30;
        var (first, zeros) = (0x12345678u, 0u);
        var steps = first;
        for (var i = 0; i < 5; i++) steps = Crc32C.Combine(steps, zeros, block);
        Assert.Equal(steps, Crc32C.Combine(first, zeros, 5 * block));
    }
}
