using ClusterHeal.Etcd.Snapshots;
using Etcdserverpb;
using Google.Protobuf;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>The reading by hand, with the generated message as the oracle.</summary>
public sealed class SnapshotBlockTests
{
    private static readonly byte[] Message = new SnapshotResponse
    {
        Header = new ResponseHeader { ClusterId = ulong.MaxValue, Revision = 7 },
        RemainingBytes = 123_456_789_012,
        Blob = ByteString.CopyFromUtf8("the pages"),
        Version = "3.6.0",
    }.ToByteArray();

    [Fact]
    public void A_block_is_read_as_the_generated_code_reads_it()
    {
        Assert.True(SnapshotBlock.TryRead(Message, out var block));
        Assert.Equal("the pages"u8.ToArray(), block.Blob.ToArray());
        Assert.Equal((123_456_789_012UL, "3.6.0"), (block.RemainingBytes, block.Version));
        Assert.True(SnapshotBlock.TryRead([], out block));
        Assert.True(block.Blob.IsEmpty);
    }

    [Fact]
    public void Fields_of_newer_servers_are_passed_over()
    {
        byte[] newer = [0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7d, 1, 2, 3, 4, 0xf8, 0x01, 0xff, 0x01, .. Message];
        Assert.True(SnapshotBlock.TryRead(newer, out var block));
        Assert.Equal("the pages"u8.ToArray(), block.Blob.ToArray());
    }

    [Fact]
    public void Cut_and_spoiled_messages_are_judged_as_the_generated_code_judges_them()
    {
        for (var length = 0; length < Message.Length; length++) AssertSameVerdict(Message[..length]);
        var random = new Random(3);
        for (var i = 0; i < 20_000; i++)
        {
            var spoiled = (byte[])Message.Clone();
            for (var n = random.Next(1, 4); n > 0; n--) spoiled[random.Next(spoiled.Length)] = (byte)random.Next(256);
            AssertSameVerdict(spoiled);
        }
    }

    /// <summary>Never more lenient where it matters: what the generated code reads, this reads the same.</summary>
    private static void AssertSameVerdict(byte[] bytes)
    {
        SnapshotResponse? expected = null;
        try
        {
            expected = SnapshotResponse.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            // Then it is enough that ours ends.
        }

        var read = SnapshotBlock.TryRead(bytes, out var block);
        if (!read || expected is null) return;
        Assert.Equal(expected.Blob.ToByteArray(), block.Blob.ToArray());
        Assert.Equal(expected.RemainingBytes, block.RemainingBytes);
    }
}
