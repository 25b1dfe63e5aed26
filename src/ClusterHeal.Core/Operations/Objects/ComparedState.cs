namespace ClusterHeal.Operations;

/// <summary>Takes an object of the other side: its key, its kind where that is known, and what is known of how it is stored.</summary>
internal delegate void VisitCompared(StorageKey key, string kind, StoredBytes stored);

/// <summary>What a snapshot is compared with: another snapshot, or a live cluster.</summary>
public abstract class ComparedState
{
    /// <summary>What it is called in messages.</summary>
    internal abstract string Name { get; }

    /// <summary>The uid of its namespace kube-system, which tells clusters apart; empty where it is not known. Known after <see cref="VisitAsync"/>.</summary>
    internal string ClusterUid { get; private protected set; } = "";

    /// <summary>The requests that were sent.</summary>
    internal int Requests { get; private protected set; }

    /// <summary>Hands out its objects.</summary>
    /// <param name="scope">Which objects, and what is said of the snapshot.</param>
    /// <param name="visit">Gets the objects.</param>
    /// <param name="sink">Gets what cannot be compared.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal abstract Task VisitAsync(ComparisonScope scope, VisitCompared visit, IOperationSink sink, CancellationToken cancellationToken);
}
