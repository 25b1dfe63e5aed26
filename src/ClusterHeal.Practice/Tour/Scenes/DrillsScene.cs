using ClusterHeal.Operations;
using ClusterHeal.Operations.Drills;

namespace ClusterHeal.Practice.Tour.Scenes;

/// <summary>Two drills: what is expected comes from the cluster's flags, and the verdict from what was seen.</summary>
internal sealed class DrillsScene : ITourScene
{
    private const int Tolerance = 5;

    public string Name => "drills";

    public string Title => "two drills: what the cluster's own flags say will be seen, and what is seen";

    public async Task PlayAsync(TourStage stage, CancellationToken cancellationToken)
    {
        await using var story = await ClusterStory.BeginAsync(stage, cancellationToken);
        var connection = await story.ConnectHostsAsync(cancellationToken);

        stage.Say("All schedulers are stopped. A pod that waits then proves something only once another scheduler would have had the time to take over.");
        await DrillAsync(DrillName.Scheduler);

        stage.Say("A worker is drained, as for maintenance, and returned.");
        await DrillAsync(DrillName.NodeMaintenance);

        stage.Say("Is all as it was? Not by the drill's own word.");
        var health = await stage.RunAsync("Test-ClusterHealth ApiServer, ControlPlane, Nodes", async sink =>
        {
            using var opened = await OpenedHealthSources.OpenAsync(connection, null, TourLogin.Shells, cancellationToken);
            var options = new HealthOptions { Areas = [HealthArea.ApiServer, HealthArea.ControlPlane, HealthArea.Nodes] };
            foreach (var result in await new ClusterHealthTest(opened.Sources, options, TimeProvider.System).RunAsync(cancellationToken)) sink.Emit(result);
        });
        TourStage.Expect(health.All<CheckResult>().All(check => check.Status != CheckStatus.Fail), "no check fails");

        async Task DrillAsync(DrillName name)
        {
            DrillReport? report = null;
            var command = $"($report = Invoke-FailureDrill {name} -ToleranceSec {Tolerance} -Force).Hypotheses";
            var result = await stage.RunAsync(command, async sink =>
            {
                var drill = new TourSink(_ => { }, atStep: null);
                await new FailureDrillRun(Request(name), drill, TimeProvider.System).RunAsync(cancellationToken);
                report = drill.Records.OfType<DrillReport>().SingleOrDefault();
                foreach (var fault in drill.Faults) sink.Fail(fault);
                foreach (var hypothesis in report?.Hypotheses ?? []) sink.Emit(hypothesis);
            });
            result.All<DrillHypothesis>();
            stage.Run("\"$($report.Verdict): $($report.Reason)\"", () => stage.Print($"{report!.Verdict}: {report.Reason}"));
            TourStage.Expect(report!.Succeeded, $"the {name} drill sees what it expects");
        }

        FailureDrillRequest Request(DrillName name) => new()
        {
            OpenShell = TourLogin.Shells.Open,
            Drill = name,
            Kubernetes = story.Client.Connection,
            Hosts = [.. connection.HostName.Select(connection.HostConnectionTo)],
            NodeHost = story.Login,
            Tolerance = TimeSpan.FromSeconds(Tolerance),
            JournalFolder = stage.File("journal"),
        };
    }
}
