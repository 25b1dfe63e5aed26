using System.Text;
using ClusterHeal.Common;

namespace ClusterHeal.Tests.Common;

public sealed class Crc32CTests
{
    // RFC 3720, appendix B.4.
    [Fact]
    public void The_vectors_of_iSCSI_come_out()
    {
        Assert.Equal(0x8a9136aau, Crc32C.Compute(new byte[32]));
        Assert.Equal(0x62a8ab43u, Crc32C.Compute(Enumerable.Repeat((byte)0xff, 32).ToArray()));
        Assert.Equal(0x46dd794eu, Crc32C.Compute(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()));
        Assert.Equal(0xe3069283u, Crc32C.Compute("123456789"u8));
    }

    [Fact]
    public void A_sum_can_be_continued_at_any_place()
    {
        var data = Encoding.UTF8.GetBytes("a sum that is continued must be the sum of the whole");
        for (var cut = 0; cut <= data.Length; cut++)
        {
            Assert.Equal(Crc32C.Compute(data), Crc32C.Append(Crc32C.Compute(data.AsSpan(0, cut)), data.AsSpan(cut)));
        }
    }

    [Fact]
    public void No_data_has_the_sum_zero() => Assert.Equal(0u, Crc32C.Compute([]));
}
