using System.Diagnostics;
using ClusterHeal.Operations.Drills;
using ClusterHeal.Practice.Hosts;
using ClusterHeal.Tests.Hosts;
using ClusterHeal.Tests.Operations.Drills;

namespace ClusterHeal.Tests.Operations.Faults;

/// <summary>
/// Each fault at the beginning of each phase of a drill that stops a scheduler, with <c>CLUSTERHEAL_ALL_DRILLS</c>. Whatever happened, the same
/// holds afterwards: the hosts alone bring back what was stopped, nothing of the drill is left behind an undo, and what was reported is true.
/// Operators that are killed are in <see cref="DrillKillTests"/>.
/// </summary>
[Collection(DrillLab.Name)]
public sealed class DrillFaultTests(DrillLab lab, ITestOutputHelper output)
{
    private const string Target = "kubem01", UnitFile = "/etc/systemd/system/kube-scheduler.service";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PracticeHost Host => lab.Cluster.Hosts[Target];

    /// <summary>Each with a trait, so that one can be run alone: <c>-trait "fault=disk full"</c>.</summary>
    public static IEnumerable<TheoryDataRow<string>> Faults() =>
        HostFault.All.Where(fault => !fault.KillsOperator).Select(fault => new TheoryDataRow<string>(fault.Name).WithTrait("fault", fault.Name));

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Whatever_happens_in_whichever_phase_the_cluster_comes_back_and_the_report_is_true(string name)
    {
        DrillLab.SkipUnlessAll();
        var fault = HostFault.All.Single(each => each.Name == name);
        var original = await Host.SaysAsync($"cat {UnitFile}");
        var scene = new FaultScene(Host, "kube-scheduler", UnitFile, original, SecondOperatorAsync);
        foreach (var phase in fault.ComesFirst ? [DrillPhase.SteadyState] : Enum.GetValues<DrillPhase>())
        {
            var start = Stopwatch.GetTimestamp();
            var (report, sink, refusal) = await MeetAsync(fault, scene, phase);
            await fault.EndAsync(scene, Stop);
            if (name == "file edited meanwhile")
            {
                Assert.Equal($"{original}\n# edited", await Host.SaysAsync($"cat {UnitFile}"));
                await Host.SaysAsync($"sed -i '/^# edited$/d' {UnitFile}; systemctl daemon-reload");
            }

            output.WriteLine($"{name}, {phase}: {report?.ToString() ?? refusal?.Message}, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s. {Words(sink)}");
            // A drill that went as expected, and had nothing to complain of, has left nothing; every other one may need its undo.
            if (report is { Succeeded: true } && sink.Faults.Count + sink.Warnings.Count == 0) await lab.AssertNothingIsLeftAsync();
            await Host.SaysAsync("""
                systemctl list-units --plain --no-legend 'clusterheal-heal-*.timer' | while read -r timer rest; do systemctl start -- "${timer%.timer}.service"; done
                """);
            await HostLab.EventuallyAsync(
                async () => await Host.SaysAsync("systemctl is-active etcd kube-apiserver kube-controller-manager kube-scheduler | sort -u") == "active",
                $"{name}, {phase}: {Target} has brought back what was stopped. {Words(sink)}", 180);
            await lab.UndoAsync(DrillName.Scheduler, isThere: await HasRecordAsync());
        }
    }

    private async Task<(DrillReport? Report, RecordingSink Sink, ClusterHealException? Refusal)> MeetAsync(HostFault fault, FaultScene scene, DrillPhase phase)
    {
        var happening = fault.ComesFirst ? fault.BeginAsync(scene, Stop) : null;
        if (happening is not null) await happening;
        var sink = new RecordingSink
        {
            OnProgress = progress =>
            {
                if (progress.Status == $"{phase}") happening ??= fault.BeginAsync(scene, Stop);
            },
        };
        try
        {
            var request = await lab.RequestAsync(DrillName.Scheduler, Target);
            await new FailureDrillRun(request, sink, TimeProvider.System).RunAsync(Stop);
            return (sink.Records.OfType<DrillReport>().SingleOrDefault(), sink, null);
        }
        catch (ClusterHealException refusal)
        {
            Assert.True(phase <= DrillPhase.Preparation, $"{phase}: {refusal.Message}");
            return (null, sink, refusal);
        }
        finally
        {
            Assert.True(happening is not null, $"{fault.Name} has not happened: there was no phase {phase}.");
            await happening!;
        }
    }

    // Stops and starts what the drill is about. It may come first; it may be refused because of the drill's lock; nothing else.
    private async Task SecondOperatorAsync()
    {
        foreach (var action in new[] { ComponentAction.Stop, ComponentAction.Start })
        {
            var change = lab.Cluster.Hosts.Change(action, ClusterComponent.Scheduler, Host) with { JournalFolder = Path.Combine(lab.Cluster.Hosts.Folder, "second") };
            var said = await change.RunAsync(new RecordingSink());
            Assert.All(said.Faults, fault => Assert.Equal(ErrorIds.HostLocked, fault.ErrorId));
        }
    }

    private async Task<bool> HasRecordAsync()
    {
        var found = await Task.WhenAll(lab.Cluster.Hosts.Hosts.Select(host => host.SaysAsync("ls /var/lib/clusterheal/drills 2>/dev/null")));
        return found.Any(list => list != "");
    }

    private static string Words(RecordingSink sink) => string.Join(' ', [.. sink.Faults.Select(fault => fault.Message), .. sink.Warnings]);
}
