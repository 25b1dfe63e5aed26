using System.Text;
using ClusterHeal.Bolt;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>Copies the records of one bucket in order, with some of them replaced, added or left out.</summary>
/// <param name="writer">Takes the records. The bucket was begun already.</param>
/// <param name="keep">Whether the bucket's own records are copied at all.</param>
/// <param name="changes">New values by key; null leaves the record out.</param>
internal sealed class BucketCopy(BoltBulkWriter writer, bool keep, IReadOnlyDictionary<string, byte[]?> changes) : IRecordVisitor
{
    private readonly Queue<(byte[] Key, byte[]? Value)> _changes =
        new(changes.OrderBy(change => change.Key, StringComparer.Ordinal).Select(change => (Encoding.UTF8.GetBytes(change.Key), change.Value)));

    /// <summary>How many of the bucket's own records are not in the copy.</summary>
    public int Dropped { get; private set; }

    /// <summary>The keys that had another value before, or have none now.</summary>
    public HashSet<string> Changed { get; } = [];

    /// <inheritdoc/>
    public void Visit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        while (_changes.TryPeek(out var change) && key.SequenceCompareTo(change.Key) is var order and >= 0)
        {
            Write(_changes.Dequeue());
            if (order > 0) continue;
            if (!value.SequenceEqual(change.Value)) Changed.Add(Encoding.UTF8.GetString(key));
            return;
        }

        if (keep) writer.Append(key, value);
        else Dropped++;
    }

    /// <summary>Writes the records that come after the last one.</summary>
    public void Finish()
    {
        while (_changes.TryDequeue(out var change)) Write(change);
    }

    private void Write((byte[] Key, byte[]? Value) change)
    {
        if (change.Value is { } value) writer.Append(change.Key, value);
    }
}
