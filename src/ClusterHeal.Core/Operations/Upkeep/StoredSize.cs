using Mvccpb;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>
/// How many bytes of etcd's database a record takes at least: a leaf element of bbolt's page, the revision as its key, and the record itself.
/// What pages are not full of comes on top. (bbolt: leafPageElementSize; etcd: server/storage/mvcc/revision.go)
/// </summary>
internal static class StoredSize
{
    private const int LeafElement = 16, Revision = 17, Mark = 1;

    /// <summary>A key with its value.</summary>
    public static long Of(KeyValue record) => LeafElement + Revision + record.CalculateSize();

    /// <summary>The record of a deletion.</summary>
    public static long OfDeletion(KeyValue record) => Of(record) + Mark;
}
