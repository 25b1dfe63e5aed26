using ClusterHeal.Operations.Drills;
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
        KillAndUndoAsync(DrillName.Scheduler, DrillPhase.Observation, TimeSpan.FromSeconds(20));

    [Theory]
    [MemberData(nameof(DrillLab.Drills), MemberType = typeof(DrillLab))]
    public async Task Killed_in_each_phase(DrillName drill)
    {
        DrillLab.SkipUnlessAll();
        foreach (var phase in Enum.GetValues<DrillPhase>()) await KillAndUndoAsync(drill, phase, healAfter: null);
    }

    /// <param name="drill">The drill.</param>
    /// <param name="phase">The phase at whose begin the process is killed.</param>
    /// <param name="healAfter">When the hosts' timers fire; null for the drill's own time, which is not waited for: they are fired at once.</param>
    private async Task KillAndUndoAsync(DrillName drill, DrillPhase phase, TimeSpan? healAfter)
    {
        await DrillOperator.RunAndDieAsync(lab.Cluster, drill, phase, healAfter, Stop);
        foreach (var host in lab.Cluster.Hosts.Hosts)
        {
            if (healAfter is null) await host.SaysAsync(FireTimers);
            // Nobody but the hosts themselves brings the component back.
            await HostLab.EventuallyAsync(
                async () => await host.SaysAsync("ls /var/lib/clusterheal/stopped 2>/dev/null; systemctl is-failed etcd 'kube-*' kubelet | grep -x failed") == "",
                $"{host.Name} has brought back what was stopped", 120);
        }

        // From a machine that knows nothing of it.
        var request = await lab.RequestAsync(drill);
        var undo = new FailureDrillUndoRequest
        {
            Kubernetes = request.Kubernetes, Hosts = request.Hosts, NodeHost = request.NodeHost, JournalFolder = Path.Combine(lab.Cluster.Hosts.Folder, "other"),
        };
        var sink = new RecordingSink();
        var run = new FailureDrillUndo(undo, sink, TimeProvider.System).RunAsync(Stop);
        if (phase is DrillPhase.SteadyState or DrillPhase.Preparation)
        {
            // It had written nothing down yet, as it had touched nothing.
            Assert.Equal(ErrorIds.DrillNotFound, (await Assert.ThrowsAsync<ClusterHealException>(() => run)).ErrorId);
        }
        else
        {
            await run;
            Assert.Empty(sink.Faults.Select(f => f.Message));
            Assert.True(Assert.IsType<DrillUndo>(Assert.Single(sink.Records)).Succeeded);
        }

        await lab.AssertNothingIsLeftAsync();
    }
}
