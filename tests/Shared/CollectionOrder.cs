using Xunit.Sdk;
using Xunit.v3;

namespace ClusterHeal.Tests;

/// <summary>Orders classes and collections of tests by two lists of parts of their names; what is in neither comes between.</summary>
/// <param name="first">Those with which a run begins, in this order.</param>
/// <param name="last">Those with which it ends.</param>
public abstract class CollectionOrder(string[] first, string[] last) : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Rank(collection.TestCollectionDisplayName))];

    // The collection of a class has its name in its own.
    private int Rank(string name)
    {
        var begin = Array.FindIndex(first, part => name.Contains(part, StringComparison.Ordinal));
        return begin >= 0 ? begin - first.Length : 1 + Array.FindIndex(last, part => name.Contains(part, StringComparison.Ordinal));
    }
}
