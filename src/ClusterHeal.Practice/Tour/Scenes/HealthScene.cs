using ClusterHeal.Operations;

namespace ClusterHeal.Practice.Tour.Scenes;

/// <summary>The verdict on a cluster: well; then one fault, found and named with its remedy; healed, and well again.</summary>
internal sealed class HealthScene : ITourScene
{
    private static readonly HealthArea[] Core = [HealthArea.ApiServer, HealthArea.Etcd, HealthArea.ControlPlane, HealthArea.Nodes];

    public string Name => "health";

    public string Title => "is the cluster well? one member of etcd is stopped, named with its remedy, and healed";

    public async Task PlayAsync(TourStage stage, CancellationToken cancellationToken)
    {
        await using var story = await ClusterStory.BeginAsync(stage, cancellationToken);
        var connection = await story.ConnectHostsAsync(cancellationToken);
        var lost = connection.HostName[1];
        stage.Say("Is the cluster well? Each API server is asked by itself, etcd through a host, leases are aged by the server's clock.");
        var well = await stage.RunAsync($"Test-ClusterHealth {string.Join(", ", Core)}", sink => TestAsync(sink, Core, _ => true));
        TourStage.Expect(well.All<CheckResult>().All(check => check.Status == CheckStatus.Pass), "every check passes");

        stage.Say("One member of etcd of three is stopped. Everything goes on, so nobody notices; but the next failure would be the last.");
        await ChangeAsync($"Stop-ControlPlaneComponent {lost} Etcd @login -For 10m -Confirm:$false", ComponentAction.Stop);
        // A leader beside the lost member hands over first, which is another matter for some seconds.
        await ClusterStory.UntilAsync(IsFoundAloneAsync, "the lost member is found, and nothing but what it carries", cancellationToken);
        var found = await stage.RunAsync(
            "Test-ClusterHealth | Where-Object Status -in Fail, Warning | Tee-Object -Variable bad", sink => TestAsync(sink, [], IsBad));
        stage.Run("($bad | Where-Object Name -EQ EtcdMembers).Remedy", () =>
            stage.Print(found.All<CheckResult>().Single(check => check.Name == "EtcdMembers").Remedy ?? ""));

        stage.Say("That is what is done, and the cluster is waited for until it has been well for some seconds.");
        await ChangeAsync($"Start-ControlPlaneComponent {lost} Etcd @login", ComponentAction.Start);
        const string Wait = "Test-ClusterHealth -Wait -StableFor 3s -TimeoutSec 120 -Quiet";
        var healed = await stage.RunAsync(Wait, async sink =>
        {
            using var opened = await OpenedHealthSources.OpenAsync(connection, null, TourLogin.Shells, cancellationToken);
            var test = new ClusterHealthTest(opened.Sources, new HealthOptions(), TimeProvider.System);
            var (_, inTime) = await test.WaitAsync(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(120), sink, cancellationToken);
            stage.Print($"{inTime}");
            TourStage.Expect(inTime, "the cluster is well again");
        });
        TourStage.Expect(healed.Faults.Count == 0, $"'{Wait}' succeeds");

        async Task TestAsync(IOperationSink sink, HealthArea[] areas, Func<CheckResult, bool> isShown)
        {
            using var opened = await OpenedHealthSources.OpenAsync(connection, null, TourLogin.Shells, cancellationToken);
            var test = new ClusterHealthTest(opened.Sources, new HealthOptions { Areas = areas }, TimeProvider.System);
            foreach (var result in (await test.RunAsync(cancellationToken)).Where(isShown)) sink.Emit(result);
        }

        async Task<bool> IsFoundAloneAsync()
        {
            var sink = new TourSink(_ => { }, atStep: null);
            await TestAsync(sink, [], IsBad);
            var names = sink.Records.OfType<CheckResult>().Select(check => check.Name).Distinct().Order();
            return names.SequenceEqual(["ApiServerReady", "EtcdMembers", "EtcdQuorum", "HostComponents"]);
        }

        async Task ChangeAsync(string command, ComponentAction action)
        {
            var change = new ComponentChange
            {
                OpenShell = TourLogin.Shells.Open,
                Action = action,
                Targets = [new HostComponents(connection.HostConnectionTo(lost), [ClusterComponent.Etcd])],
                For = TimeSpan.FromMinutes(10),
                JournalFolder = stage.File("journal"),
            };
            var result = await stage.RunAsync(
                command, sink => ComponentChanger.RunAsync(change, sink, TimeProvider.System, cancellationToken));
            TourStage.Expect(result.Faults.Count == 0, $"'{command}' succeeds");
        }
    }

    private static bool IsBad(CheckResult check) => check.Status is CheckStatus.Fail or CheckStatus.Warning;
}
