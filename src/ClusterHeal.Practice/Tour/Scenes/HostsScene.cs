using System.Diagnostics;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Hosts;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Hosts;

namespace ClusterHeal.Practice.Tour.Scenes;

/// <summary>etcd on hosts, by SSH: read, saved, stopped for a time, and kept from losing its quorum.</summary>
internal sealed class HostsScene : ITourScene
{
    private static readonly TimeSpan StoppedFor = TimeSpan.FromSeconds(15);

    public string Name => "hosts";

    public string Title => "etcd on three hosts, by SSH, and the switch that heals what you forget";

    public async Task PlayAsync(TourStage stage, CancellationToken cancellationToken)
    {
        stage.Say("Three hosts boot, each with a systemd and an SSH server of its own, and an etcd member with TLS as a unit.");
        await using var three = await ThreeHosts.StartAsync(stage, new Dictionary<string, string>(), cancellationToken);
        var (etcd, logins) = (three.Etcd, three.Logins);
        var found = await LookAsync("Get-ControlPlaneComponent $hosts Etcd @login", logins);
        TourStage.Expect(found.Count(status => status.State == ComponentState.Running) == 3, "three members that run");

        stage.Say("How is a member set up? And a backup through SSH: the keys are read on the host and stay in memory.");
        await BackUpAsync(stage, logins[0], cancellationToken);

        stage.Say("One member is stopped for fifteen seconds. The host is told first to start it again, whatever becomes of us.");
        var since = Stopwatch.GetTimestamp();
        var stopped = await stage.RunAsync(
            "Stop-ControlPlaneComponent $hosts[1] Etcd @login -For 15s -Confirm:$false -PassThru", sink => StopAsync(logins[1], sink));
        var status = stopped.One<ComponentStatus>();
        TourStage.Expect(status is { State: ComponentState.Stopped, HealsAt: not null }, "it is stopped, and it is known when it heals");

        stage.Say("A second one would end the quorum, so it is refused.");
        var refused = await stage.RunAsync(
            "Stop-ControlPlaneComponent $hosts[2] Etcd @login -For 15s -Confirm:$false", sink => StopAsync(logins[2], sink));
        TourStage.Expect(refused.Faults is [{ ErrorId: ErrorIds.QuorumAtRisk }], "a refusal because of the quorum");

        stage.Say("Nobody starts the member again. Its host does.");
        stage.Run("Start-Sleep -Seconds 20", () => { });
        while (!await IsRunningAsync(three[1]))
        {
            var patient = Stopwatch.GetElapsedTime(since) < StoppedFor + TimeSpan.FromSeconds(30);
            TourStage.Expect(patient, "the timer on the host starts the member");
            await Task.Delay(200, cancellationToken);
        }
        TourStage.Expect(Stopwatch.GetElapsedTime(since) > StoppedFor - TimeSpan.FromSeconds(2), "the timer does not fire early");
        await etcd.WaitUntilHealthyAsync(cancellationToken);
        found = await LookAsync("Get-ControlPlaneComponent $hosts Etcd @login", logins);
        TourStage.Expect(found.Count(each => each.State == ComponentState.Running) == 3, "three members that run again");

        async Task<IReadOnlyList<ComponentStatus>> LookAsync(string command, IReadOnlyList<HostConnection> where)
        {
            var targets = where.Select(login => new HostComponents(login, [ClusterComponent.Etcd])).ToList();
            var result = await stage.RunAsync(
                command, sink => ComponentQuery.RunAsync(targets, all: false, throttleLimit: 16, TourLogin.Shells, sink, cancellationToken));
            return result.All<ComponentStatus>();
        }

        Task StopAsync(HostConnection login, IOperationSink sink) => ComponentChanger.RunAsync(
            new ComponentChange
            {
                OpenShell = TourLogin.Shells.Open,
                Action = ComponentAction.Stop,
                Targets = [new HostComponents(login, [ClusterComponent.Etcd])],
                For = StoppedFor,
                PassThru = true,
                JournalFolder = stage.File("journal"),
            },
            sink,
            TimeProvider.System,
            cancellationToken);

        async Task<bool> IsRunningAsync(PracticeHost host) =>
            (await host.RunAsync(cancellationToken, "systemctl", "is-active", "etcd")).Output.Trim() == "active";
    }

    private static async Task BackUpAsync(TourStage stage, HostConnection login, CancellationToken cancellationToken)
    {
        await using var shell = TourLogin.Shells.Open(login);
        var read = await stage.RunAsync("$etcd = Get-EtcdConfiguration -HostName $hosts[0] @login; $etcd", async sink =>
            sink.Emit(await EtcdHost.ReadConfigurationAsync(shell, login, cancellationToken)));
        var configuration = read.One<EtcdConfiguration>();
        TourStage.Expect(configuration.Name == "kubem00", "the configuration of the host's own member");

        var connection = await EtcdHost.ConnectAsync(shell, configuration, cancellationToken);
        using var tls = connection.Tls;
        var options = new SnapshotSaveOptions { Path = stage.File("hosts.db"), Configuration = configuration };
        var saved = await stage.RunAsync(
            "$etcd | Save-EtcdSnapshot -Path hosts.db",
            sink => new SnapshotSaver(connection, options, TimeProvider.System).RunAsync(sink, cancellationToken));
        TourStage.Expect(saved.One<EtcdSnapshot>().Checksum == SnapshotChecksum.Verified, "a snapshot whose checksum fits");
    }
}
