namespace ClusterHeal.Operations;

/// <summary>Takes an object of the other state: its key, its kind if that is known, and what is known about how it is stored.</summary>
internal delegate void VisitCompared(StorageKey key, string kind, StoredBytes stored);

/// <summary>What a snapshot is compared with: another snapshot, or a live cluster.</summary>
public abstract class ComparedState
{
    /// <summary>Its name in messages.</summary>
    internal abstract string Name { get; }

    /// <summary>The uid of its namespace kube-system, which tells clusters apart; empty if it is not known. Known after <see cref="VisitAsync"/>.</summary>
    internal string ClusterUid { get; private protected set; } = "";

    /// <summary>The requests that were sent.</summary>
    internal int Requests { get; private protected set; }

    /// <summary>Passes its objects to the visitor.</summary>
    /// <param name="scope">Which objects, and what is known about the snapshot.</param>
    /// <param name="visit">Gets the objects.</param>
    /// <param name="sink">Gets the resources that cannot be compared.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal abstract Task VisitAsync(ComparisonScope scope, VisitCompared visit, IOperationSink sink, CancellationToken cancellationToken);
}
