using System.Text;
using ClusterHeal.Bolt;

namespace ClusterHeal.Tests.Bolt;

public sealed class BoltBulkWriterTests
{
    [Theory]
    [InlineData(0, 8, 100)]
    [InlineData(1, 8, 100)]
    [InlineData(30, 8, 100)]
    [InlineData(5_000, 17, 700)]
    [InlineData(60_000, 17, 40)]
    [InlineData(300, 1_500, 200)]
    [InlineData(40, 6_000, 10)]
    [InlineData(50, 17, 100_000)]
    public void What_is_written_is_read_back_and_has_no_findings(int records, int keySize, int largestValue)
    {
        var expected = Generate(records, keySize, largestValue);
        using var file = new MemoryStream();
        var writer = new BoltBulkWriter(file);
        foreach (var bucket in new[] { "alarm"u8.ToArray(), "key"u8.ToArray(), "meta"u8.ToArray() })
        {
            writer.BeginBucket(bucket);
            foreach (var (key, value) in expected) writer.Append(key, value);
        }

        var size = writer.Complete();
        Assert.Equal(size, file.Length);
        var read = ReadBack(file.ToArray());
        Assert.Equal(["alarm", "key", "meta"], read.Select(bucket => bucket.Name));
        foreach (var bucket in read)
        {
            Assert.Equal(expected.Count, bucket.Records.Count);
            Assert.All(bucket.Records.Zip(expected), pair =>
            {
                Assert.Equal(pair.Second.Key, pair.First.Key);
                Assert.Equal(pair.Second.Value, pair.First.Value);
            });
        }
    }

    [Fact]
    public void No_branch_has_a_single_child()
    {
        // Every count of leaves from one up, over the edge at which a second and a third branch begin.
        foreach (var leaves in Enumerable.Range(1, 400))
        {
            using var file = new MemoryStream();
            var writer = new BoltBulkWriter(file);
            writer.BeginBucket("key"u8);
            foreach (var (key, _) in Generate(leaves, 17, 1)) writer.Append(key, new byte[4000]);
            writer.Complete();

            var bytes = file.ToArray();
            for (var at = 3 * 4096; at < bytes.Length; at += 4096)
            {
                var page = new BoltPage(bytes.AsSpan(at, 4096));
                Assert.False(page.IsBranch && page.Count < 2, $"{leaves} leaves: page {page.Id}");
            }
        }
    }

    [Fact]
    public void A_database_that_is_not_complete_cannot_be_opened()
    {
        using var file = new MemoryStream();
        var writer = new BoltBulkWriter(file);
        writer.BeginBucket("key"u8);
        foreach (var (key, value) in Generate(1000, 17, 100)) writer.Append(key, value);
        Assert.Null(Open(file.ToArray(), new BoltFindings()));
    }

    [Fact]
    public void Records_and_buckets_out_of_order_are_refused()
    {
        var writer = new BoltBulkWriter(new MemoryStream());
        writer.BeginBucket("b"u8);
        writer.Append("b"u8, []);
        Assert.Throws<InvalidOperationException>(() => writer.Append("b"u8, []));
        Assert.Throws<InvalidOperationException>(() => writer.Append("a"u8, []));
        Assert.Throws<InvalidOperationException>(() => writer.BeginBucket("b"u8));
    }

    private static List<(byte[] Key, byte[] Value)> Generate(int records, int keySize, int largestValue)
    {
        var random = new Random(records + keySize);
        var list = new List<(byte[], byte[])>(records);
        for (var i = 0; i < records; i++)
        {
            var key = new byte[keySize];
            key[4] = (byte)(i >> 16);
            key[5] = (byte)(i >> 8);
            key[6] = (byte)i;
            var value = new byte[random.Next(largestValue + 1)];
            random.NextBytes(value);
            list.Add((key, value));
        }

        return list;
    }

    private static BoltDatabase? Open(byte[] bytes, BoltFindings findings) =>
        BoltDatabase.Open((offset, into) => bytes.AsSpan((int)offset, into.Length).CopyTo(into), bytes.Length, findings);

    private static List<(string Name, List<(byte[] Key, byte[] Value)> Records)> ReadBack(byte[] bytes)
    {
        var findings = new BoltFindings();
        var walk = new BoltWalk(Open(bytes, findings)!, findings);
        var result = new List<(string, List<(byte[], byte[])>)>();
        foreach (var bucket in walk.ReadBuckets())
        {
            var collector = new Collector();
            foreach (var part in walk.Split(bucket, 1)) walk.Visit(part, collector, walk.NewTreeWalk(), TestContext.Current.CancellationToken);
            result.Add((Encoding.UTF8.GetString(bucket.Name), collector.Records));
        }

        walk.Finish(TestContext.Current.CancellationToken);
        Assert.Empty(findings.ToList());
        return result;
    }

    private sealed class Collector : IRecordVisitor
    {
        public List<(byte[] Key, byte[] Value)> Records { get; } = [];

        public void Visit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Records.Add((key.ToArray(), value.ToArray()));
    }
}
