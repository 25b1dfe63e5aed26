using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Restores;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Practice.Tour.Scenes;

/// <summary>A whole etcd cluster on three hosts, restored over SSH; and a restore that loses a host in the middle.</summary>
internal sealed class RestoreScene : ITourScene
{
    private const string Deployment = "/registry/deployments/default/nginx";

    public string Name => "restore";

    public string Title => "a cluster of three hosts, restored; and a restore that fails and puts itself back";

    public async Task PlayAsync(TourStage stage, CancellationToken cancellationToken)
    {
        stage.Say("Three hosts boot, with an etcd member each, as units of systemd.");
        // A host that has lost its power is to be noticed within seconds; the tour has no more time.
        var patience = new Dictionary<string, string> { ["ServerAliveInterval"] = "2", ["ConnectTimeout"] = "4" };
        await using var three = await ThreeHosts.StartAsync(stage, patience, cancellationToken);
        var (etcd, logins) = (three.Etcd, three.Logins);

        stage.Say("A deployment is saved, and then somebody deletes it.");
        await CtlAsync(0, "put", Deployment, "nginx");
        await SaveAsync(stage, logins[0], cancellationToken);
        await CtlAsync(0, "del", Deployment);

        stage.Say("Back to the snapshot, on all hosts. Nothing is stopped before everything is proven to be possible; nothing is deleted.");
        const string Restore = "$report = Restore-EtcdSnapshot nginx.db -HostName $hosts -Cluster practice @login -Confirm:$false; $report";
        var restored = (await stage.RunAsync(Restore, RestoreAsync)).One<ClusterRestoreReport>();
        TourStage.Expect(restored is { Succeeded: true, Outcome: ClusterRestoreOutcome.Restored }, "a restore that succeeds");
        await stage.RunAsync("$report.Steps", sink =>
        {
            foreach (var step in restored.Steps) sink.Emit(step);
            return Task.CompletedTask;
        });
        TourStage.Expect((await CtlAsync(2, "get", Deployment)).Output.Contains("nginx", StringComparison.Ordinal), "the deployment is back");

        stage.Say("Work goes on. Then another restore is begun, and in the middle, while etcd is down, the third host loses its power.");
        await CtlAsync(0, "put", "/registry/deployments/default/later", "later");
        Task? plug = null;
        var failed = await stage.RunAsync(Restore, RestoreAsync, step =>
        {
            if (step == "Stop etcd") plug ??= three[2].PowerOffAsync(cancellationToken);
        });
        TourStage.Expect(plug is not null, "the plug is pulled");
        await plug!;
        TourStage.Expect(failed.Records is [ClusterRestoreReport { Outcome: ClusterRestoreOutcome.PutBack }], "everything is put back");
        TourStage.Expect(failed.Faults is [{ ErrorId: ErrorIds.RestorePutBack }], "an error that says so");

        stage.Say("The cluster runs as before on two hosts. The third one gets its power back, and joins them by itself.");
        await three[2].PowerOnAsync(cancellationToken);
        await etcd.WaitUntilHealthyAsync(cancellationToken);
        var kept = await CtlAsync(2, "get", "/registry/deployments/", "--prefix", "--keys-only");
        TourStage.Expect(kept.Output.Contains("later", StringComparison.Ordinal), "nothing that was written is lost");
        TourStage.Expect((await CtlAsync(2, "endpoint", "health", "--cluster")).ExitCode == 0, "three healthy members");

        async Task RestoreAsync(IOperationSink sink)
        {
            var request = new ClusterRestoreRequest
            {
                OpenShell = TourLogin.Shells.Open,
                SnapshotPath = stage.File("nginx.db"),
                Cluster = "practice",
                LastSnapshotFolder = stage.Folder,
                ReadyPatience = TimeSpan.FromSeconds(15),
            };
            await using var restore = new ClusterRestore(logins, request, stage.File("journal"), TimeProvider.System);
            await restore.RunAsync(sink, cancellationToken);
        }

        Task<ToolResult> CtlAsync(int host, params string[] arguments) => stage.RunToolAsync(
            $"ssh root@$($hosts[{host}]) etcdctl {string.Join(' ', arguments)}",
            () => etcd.EtcdCtlAsync(three[host], cancellationToken, arguments));
    }

    private static async Task SaveAsync(TourStage stage, HostConnection login, CancellationToken cancellationToken)
    {
        await using var shell = TourLogin.Shells.Open(login);
        var configuration = await EtcdHost.ReadConfigurationAsync(shell, login, cancellationToken);
        var connection = await EtcdHost.ConnectAsync(shell, configuration, cancellationToken);
        using var tls = connection.Tls;
        var options = new SnapshotSaveOptions { Path = stage.File("nginx.db"), Configuration = configuration };
        var saved = await stage.RunAsync(
            "Get-EtcdConfiguration -HostName $hosts[0] @login | Save-EtcdSnapshot -Path nginx.db",
            sink => new SnapshotSaver(connection, options, TimeProvider.System).RunAsync(sink, cancellationToken));
        TourStage.Expect(saved.One<EtcdSnapshot>().Checksum == SnapshotChecksum.Verified, "a snapshot whose checksum fits");
    }
}
