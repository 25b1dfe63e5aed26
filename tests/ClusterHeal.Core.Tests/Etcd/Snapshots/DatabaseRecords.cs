using System.Text;
using ClusterHeal.Bolt;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>All records of a database by bucket and key; names and keys as Latin-1.</summary>
internal static class DatabaseRecords
{
    /// <summary>Reads a file and demands that the walk over it finds nothing wrong.</summary>
    public static Dictionary<string, SortedDictionary<string, byte[]>> Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var findings = new BoltFindings();
        var database = BoltDatabase.Open((offset, into) => bytes.AsSpan((int)offset, into.Length).CopyTo(into), bytes.Length & ~511, findings)!;
        var walk = new BoltWalk(database, findings);
        var result = new Dictionary<string, SortedDictionary<string, byte[]>>();
        foreach (var bucket in walk.ReadBuckets())
        {
            var records = new Records();
            foreach (var part in walk.Split(bucket, 1)) walk.Visit(part, records, walk.NewTreeWalk(), TestContext.Current.CancellationToken);
            result.Add(Encoding.Latin1.GetString(bucket.Name), records.All);
        }

        walk.Finish(TestContext.Current.CancellationToken);
        Assert.Empty(findings.ToList());
        return result;
    }

    private sealed class Records : IRecordVisitor
    {
        public SortedDictionary<string, byte[]> All { get; } = new(StringComparer.Ordinal);

        public void Visit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => All.Add(Encoding.Latin1.GetString(key), value.ToArray());
    }
}
