using ClusterHeal.Tour.Settings;

namespace ClusterHeal.Tour;

/// <summary>A chapter: a PowerShell script of <c>Tour/Chapters</c>, and the servers that it needs.</summary>
/// <param name="Name">The name of the script, by which <c>--scene</c> plays it alone.</param>
/// <param name="Title">What it shows, in one line.</param>
/// <param name="Prepare">Starts the servers and copies the script's files into the folder.</param>
internal sealed record TourChapter(
    string Name, string Title, Func<string, TourCluster, CancellationToken, Task<ITourSetting>> Prepare)
{
    /// <summary>The chapters in the order of the story. A new one is a script in Chapters and a line here.</summary>
    public static IReadOnlyList<TourChapter> All { get; } =
    [
        new("backup", "a backup that is proven, and one that is damaged", LocalEtcdSetting.PrepareAsync),
        new("hosts", "etcd on three hosts, by SSH, and the switch that heals what you forget", ThreeHostsSetting.PrepareAsync),
        new("restore", "a cluster of three hosts, restored; and a restore that fails and puts itself back", ThreeHostsSetting.PrepareAsync),
        new("nodes", "nginx on two workers, a drain that a budget blocks, and the node's return", ClusterSetting.PrepareAsync),
        new("worker", "a worker is lost: what is seen, what still serves, and what its return changes", ClusterSetting.PrepareAsync),
        new("object", "a deployment deleted by mistake comes back alone, and what happened since the backup stays", ClusterSetting.PrepareAsync),
        new("drills", "two drills: what the cluster's own flags say will be seen, and what is seen", ClusterSetting.PrepareAsync),
        new("health", "is the cluster well? one member of etcd is stopped, named with its remedy, and healed", ClusterSetting.PrepareAsync),
        new("repair", "three failures in one night: one plan, one yes, and the cluster is well", ClusterSetting.PrepareAsync),
    ];

    public IReadOnlyList<TourStep> Steps => TourStep.Read(TourFiles.Text($"chapters/{Name}.ps1"));
}
