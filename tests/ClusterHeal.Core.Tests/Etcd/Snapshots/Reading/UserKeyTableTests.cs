using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>The table of the newest records, beside a dictionary that is told the same.</summary>
public sealed class UserKeyTableTests
{
    private const int Parts = 64;

    /// <summary>Records of many keys come in any order; the table has many pages for each of its shards then.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(200_000)]
    public void Knows_the_newest_record_of_each_key(int keys)
    {
        var random = new Random(keys);
        var table = new UserKeyTable();
        var sums = Enumerable.Range(0, Parts).Select(_ => new PartSum()).ToArray();
        var batches = new KeyBatches(table, sums);
        var newest = new Dictionary<int, RecordPosition>();
        var records = Enumerable.Range(0, keys * 2).Select(n => (Key: n / 2, Position: new RecordPosition(n % Parts, (uint)n, random.Next(4) == 0))).ToArray();
        random.Shuffle(records);
        foreach (var (key, position) in records)
        {
            batches.Add(BitConverter.GetBytes(key), position);
            if (position.Value > newest.GetValueOrDefault(key).Value) newest[key] = position;
        }
        batches.Flush();

        Assert.All(records, r => Assert.Equal(newest[r.Key] == r.Position, table.IsNewest(table.HashOf(BitConverter.GetBytes(r.Key)), r.Position)));
        Assert.False(table.IsNewest(table.HashOf(BitConverter.GetBytes(keys)), records[0].Position));
        Assert.Equal(newest.Values.Count(p => p.IsLive), ResourceCounter.Sum([batches.Resources]).Sum(r => r.Count));
        var superseded = records.Where(r => newest[r.Key] != r.Position).Select(r => r.Position.Part).ToHashSet();
        Assert.Equal(superseded.Order(), Enumerable.Range(0, Parts).Where(part => sums[part].HasSuperseded));
    }
}
