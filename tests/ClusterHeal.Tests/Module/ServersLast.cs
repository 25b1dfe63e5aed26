using ClusterHeal.Tests.Module;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(ServersLast))]

namespace ClusterHeal.Tests.Module;

/// <summary>Begins with what needs no servers: hosts and clusters, once started, take the processor from all others.</summary>
public sealed class ServersLast : ITestCollectionOrderer
{
    private static readonly string[] Last =
        [.. ((Type[])[typeof(EtcdPesterTests), typeof(ControlPlanePesterTests), typeof(HostPesterTests), typeof(ClusterPesterTests)]).Select(type => type.FullName!)];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Rank(collection.TestCollectionDisplayName))];

    // The collection of a class has its name in its own. The files without servers and the Windows lane take longest: these begin.
    private static int Rank(string name)
    {
        if (name.Contains(typeof(PesterTests).FullName!, StringComparison.Ordinal) || name.Contains("Windows", StringComparison.Ordinal)) return -2;
        return Array.FindIndex(Last, last => name.Contains(last, StringComparison.Ordinal));
    }
}
