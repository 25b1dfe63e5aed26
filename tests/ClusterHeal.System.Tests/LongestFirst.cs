using ClusterHeal.Tests;
using ClusterHeal.Tests.Kubernetes.Live;
using ClusterHeal.Tests.Operations.Drills;
using ClusterHeal.Tests.Operations.Restores;
using ClusterHeal.Tests.Practice;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace ClusterHeal.Tests;

/// <summary>Begins with the classes that take minutes: a run that ended with one of them would end on one processor.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        typeof(ClusterRestoreTests).FullName!, DrillLab.Name, typeof(InterruptedRestoreTests).FullName!,
        typeof(PracticeGeneratedDrainTests).FullName!, PracticeCollection.Name, typeof(TourTests).FullName!, typeof(PracticeClusterTests).FullName!,
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(Rank)];

    // The collection of a class has its name in its own.
    private static int Rank<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        var rank = Array.FindIndex(Longest, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal));
        return rank < 0 ? Longest.Length : rank;
    }
}
