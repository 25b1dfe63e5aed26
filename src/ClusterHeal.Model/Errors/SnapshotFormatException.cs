namespace ClusterHeal;

/// <summary>A snapshot file of etcd is not in the form that it must have.</summary>
/// <param name="errorId">One of <see cref="ErrorIds"/>.</param>
/// <param name="path">The file.</param>
/// <param name="offset">The byte in the file where the first problem is.</param>
/// <param name="what">What is wrong, without a full stop.</param>
/// <param name="remedy">What to do next.</param>
public sealed class SnapshotFormatException(string errorId, string path, long offset, string what, string remedy)
    : ClusterHealException(errorId, FaultCategory.InvalidData, $"The snapshot '{path}' cannot be used: {what}.", path, remedy)
{
    /// <summary>The byte in the file where the first problem is.</summary>
    public long Offset { get; } = offset;
}
