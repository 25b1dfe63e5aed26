using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Drills;

/// <summary>The operator's process is killed by SIGKILL: the hosts bring back what was stopped, and Undo-FailureDrill takes away the rest.</summary>
[Collection(DrillLab.Name)]
public sealed class DrillKillTests(DrillLab lab)
{
    private const string FireTimers =
        "systemctl list-units --plain --no-legend 'clusterheal-heal-*.timer' | while read -r timer rest; do systemctl start -- \"${timer%.timer}.service\"; done";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public Task Killed_while_it_watches_a_stopped_scheduler() =>
        KillAndUndoAsync(DrillName.Scheduler, $"{DrillPhase.Observation}", TimeSpan.FromSeconds(20));

    [Theory]
    [InlineData("Look at the hosts")]
    [InlineData("Lay the new data beside the old")]
    [InlineData("Stop etcd")]
    [InlineData("Put the new data in place")]
    [InlineData("Start etcd")]
    [InlineData("Start the API servers")]
    [InlineData("Close the operation")]
    public async Task Killed_at_a_step_of_a_restore(string step)
    {
        DrillLab.SkipUnlessAll();
        await KillAndUndoAsync(DrillName.SnapshotRestore, step, healAfter: null);
    }

    [Fact]
    public async Task Killed_in_the_middle_of_a_restore_and_undone_before_the_hosts_help_themselves()
    {
        DrillLab.SkipUnlessAll();
        await DrillOperator.RunAndDieAsync(lab.Cluster, DrillName.SnapshotRestore, "Prove etcd", healAfter: null, Stop);
        await lab.UndoAsync(DrillName.SnapshotRestore);
    }

    [Theory]
    [MemberData(nameof(DrillLab.Drills), MemberType = typeof(DrillLab))]
    public async Task Killed_in_each_phase(DrillName drill)
    {
        DrillLab.SkipUnlessAll();
        foreach (var phase in Enum.GetValues<DrillPhase>()) await KillAndUndoAsync(drill, $"{phase}", healAfter: null);
    }

    /// <param name="drill">The drill.</param>
    /// <param name="moment">The phase, or the step of a restore, at whose begin the process is killed.</param>
    /// <param name="healAfter">When the hosts' timers fire; null for the drill's own time, which is not waited for: they are fired at once.</param>
    private async Task KillAndUndoAsync(DrillName drill, string moment, TimeSpan? healAfter)
    {
        await DrillOperator.RunAndDieAsync(lab.Cluster, drill, moment, healAfter, Stop);
        // On all hosts at first: those of a restore need each other.
        if (healAfter is null) await Task.WhenAll(lab.Cluster.Hosts.Hosts.Select(host => host.SaysAsync(FireTimers)));
        foreach (var host in lab.Cluster.Hosts.Hosts)
        {
            // Nobody but the hosts themselves brings the component back.
            var units = lab.Cluster.Masters.Contains(host) ? "etcd kube-apiserver kube-controller-manager kube-scheduler" : "kubelet containerd";
            await HostLab.EventuallyAsync(
                async () => await host.SaysAsync(
                    $"ls /var/lib/clusterheal/stopped 2>/dev/null; for unit in {units}; do systemctl is-active --quiet $unit || echo $unit; done") == "",
                $"{host.Name} has brought back what was stopped", 300);
        }

        await lab.UndoAsync(drill, isThere: moment is not (nameof(DrillPhase.SteadyState) or nameof(DrillPhase.Preparation)));
    }
}
