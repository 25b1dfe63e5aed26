namespace ClusterHeal;

/// <summary>A write-ahead log or <c>.snap</c> file of etcd is not in the form that it must have.</summary>
public sealed class WalFormatException : ClusterHealException
{
    /// <summary>Makes the error.</summary>
    /// <param name="offset">The byte in the file at which the damaged record begins.</param>
    /// <param name="what">What is wrong there, without a full stop.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public WalFormatException(long offset, string what, Exception? innerException = null)
        : base(
            ErrorIds.WalDamaged,
            FaultCategory.InvalidData,
            $"The log of etcd is damaged at byte {offset}: {what}.",
            target: offset,
            remedy: "Restore this member from a snapshot, or remove it from the cluster and add it again.",
            innerException)
    {
        Offset = offset;
    }

    /// <summary>The byte in the file at which the damaged record begins.</summary>
    public long Offset { get; }
}
