using ClusterHeal.Tests;
using ClusterHeal.Tests.Kubernetes.Live;
using ClusterHeal.Tests.Operations.Drills;
using ClusterHeal.Tests.Operations.Restores;
using ClusterHeal.Tests.Practice;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace ClusterHeal.Tests;

/// <summary>Begins with the classes that take minutes: a run that ended with one of them would end on one processor.</summary>
public sealed class LongestFirst() : CollectionOrder(
    [
        typeof(ClusterRestoreTests).FullName!, DrillLab.Name, typeof(InterruptedRestoreTests).FullName!,
        typeof(PracticeGeneratedDrainTests).FullName!, PracticeCollection.Name, typeof(TourTests).FullName!, typeof(PracticeClusterTests).FullName!,
    ],
    []);
