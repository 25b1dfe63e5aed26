namespace ClusterHeal.Bolt;

/// <summary>A bucket at the top of a database.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Tree">Where its records are.</param>
/// <param name="Page">The page on which the bucket itself stands.</param>
internal sealed record BoltBucket(byte[] Name, BoltTree Tree, ulong Page);

/// <summary>A part of a bucket that can be walked apart from the others.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Subtree">Its pages, or null if the bucket is inline.</param>
internal sealed record BoltPart(BoltBucket Bucket, BoltSubtree? Subtree);

/// <summary>Takes the records of a part in the order of their keys.</summary>
internal interface IRecordVisitor
{
    /// <summary>One record. The spans are valid during the call only.</summary>
    void Visit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);
}
