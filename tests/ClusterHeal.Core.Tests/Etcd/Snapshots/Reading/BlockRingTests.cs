using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>One thread takes a file in its order while others read in it.</summary>
public sealed class BlockRingTests
{
    private const int Length = 45_678_901;

    private readonly byte[] _file = NewFile(Length);
    private long _read;

    [Theory]
    [InlineData(1)]
    [InlineData(256 * 1024)]
    [InlineData((256 * 1024) + 1)]
    [InlineData(Length)]
    public void What_is_taken_is_the_file(int length)
    {
        using var ring = new BlockRing(Read, length);
        Assert.Equal(_file[..length], TakeAll(ring));
        Assert.Equal(length, _read);
    }

    [Fact]
    public async Task Walks_in_any_order_read_the_same_bytes()
    {
        using var ring = new BlockRing(Read, Length);
        var walks = Enumerable.Range(0, 4).Select(seed => Task.Run(() => Walk(ring, new Random(seed)), TestContext.Current.CancellationToken)).ToArray();
        Assert.Equal(_file, TakeAll(ring));
        ring.Dispose();
        await Task.WhenAll(walks);
    }

    [Fact]
    public void What_a_walk_has_read_is_not_read_again()
    {
        const int Walked = 1024 * 1024;
        using var ring = new BlockRing(Read, Length);
        ring.Read(0, new byte[Walked]);
        for (var taken = 0; taken < Walked; taken += ring.Take().Length) Assert.Equal(Walked, _read);
        ring.Read(0, new byte[Walked]);
        Assert.Equal(Walked, _read);
    }

    [Fact]
    public async Task A_walk_that_is_a_ring_ahead_waits_until_nothing_more_is_taken()
    {
        using var ring = new BlockRing(Read, Length);
        var walked = new byte[Length];
        var walk = Task.Run(() => ring.Read(0, walked), TestContext.Current.CancellationToken);
        await Task.Delay(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);
        Assert.False(walk.IsCompleted);
        Assert.InRange(Interlocked.Read(ref _read), 1, Length / 2);
        ring.Dispose();
        await walk;
        Assert.Equal(_file, walked);
    }

    private static byte[] NewFile(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static byte[] TakeAll(BlockRing ring)
    {
        using var all = new MemoryStream();
        for (var block = ring.Take(); block.Length > 0; block = ring.Take()) all.Write(block);
        return all.ToArray();
    }

    private void Walk(BlockRing ring, Random random)
    {
        var bytes = new byte[600_000];
        for (var i = 0; i < 500; i++)
        {
            var count = random.Next(bytes.Length);
            var offset = random.Next(Length - count);
            ring.Read(offset, bytes.AsSpan(0, count));
            Assert.True(_file.AsSpan(offset, count).SequenceEqual(bytes.AsSpan(0, count)), $"{count} bytes at {offset}");
        }
    }

    private void Read(long offset, Span<byte> destination)
    {
        _file.AsSpan((int)offset, destination.Length).CopyTo(destination);
        Interlocked.Add(ref _read, destination.Length);
    }
}
