using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.Hosts.Recipes;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>The drills of etcd in a cluster whose control plane is static pods, as kubeadm lays it out.</summary>
public sealed class StaticPodDrillTests
{
    [Fact]
    public async Task A_cluster_of_static_pods_is_restored_and_a_drill_that_died_in_the_middle_is_undone()
    {
        DrillLab.SkipUnlessAll();
        await using var lab = new DrillLab(new PracticeClusterOptions { Form = EtcdForm.StaticPod });
        await lab.InitializeAsync();
        var (report, _) = await DrillLab.RunAsync(await lab.RequestAsync(DrillName.SnapshotRestore));
        Assert.True(report.Verdict == DrillVerdict.AsExpected, DrillLab.Text(report));
        await lab.AssertNothingIsLeftAsync();

        await DrillOperator.RunAndDieAsync(
            lab.Cluster, DrillName.SnapshotRestore, "Start etcd", healAfter: null, TestContext.Current.CancellationToken);
        await lab.UndoAsync(DrillName.SnapshotRestore);
    }

    [Fact]
    public async Task A_member_of_static_pods_is_lost_and_repaired_and_a_full_etcd_of_static_pods_is_cleared()
    {
        DrillLab.SkipUnlessAll();
        await using var lab = new DrillLab(new PracticeClusterOptions { Form = EtcdForm.StaticPod });
        await lab.InitializeAsync();
        foreach (var drill in new[] { DrillName.EtcdNoSpace, DrillName.EtcdMemberLoss })
        {
            var (report, _) = await DrillLab.RunAsync(await lab.RequestAsync(drill));
            Assert.True(report.Verdict == DrillVerdict.AsExpected, DrillLab.Text(report));
            await lab.AssertNothingIsLeftAsync();
        }
    }
}
