using Mvccpb;

namespace ClusterHeal.Operations.Upkeep;

/// <summary>
/// The least number of bytes that a record uses in etcd's database: a leaf element of bbolt's page, the revision as its key, and the record itself.
/// Unused space in pages comes on top. (bbolt: leafPageElementSize; etcd: server/storage/mvcc/revision.go)
/// </summary>
internal static class StoredSize
{
    private const int LeafElement = 16, Revision = 17, Mark = 1;

    public static long Of(KeyValue record) => LeafElement + Revision + record.CalculateSize();

    public static long OfDeletion(KeyValue record) => Of(record) + Mark;
}
