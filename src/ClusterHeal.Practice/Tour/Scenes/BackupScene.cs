using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Etcd.Members;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Practice.Tour.Scenes;

/// <summary>A backup of a real etcd over TLS, and its proof.</summary>
internal sealed class BackupScene : ITourScene
{
    private const string KubernetesResource = "kubernetes.db";

    public string Name => "backup";

    public string Title => "a backup that is proven, and one that is not what it was";

    public async Task PlayAsync(TourStage stage, CancellationToken cancellationToken)
    {
        stage.Say("Three real etcd members start on this machine, with TLS, and hold the objects of a Kubernetes cluster.");
        await using var etcd = await StartWithKubernetesAsync(stage, cancellationToken);
        foreach (var file in new[] { etcd.CaFile, etcd.CertFile, etcd.KeyFile }) File.Copy(file, stage.File(Path.GetFileName(file)));
        using var tls = await TlsMaterial.ReadAsync(etcd.CaFile, etcd.CertFile, etcd.KeyFile, cancellationToken);
        var connection = new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany(etcd.Endpoints), Tls = tls };

        stage.Say("Whom am I going to ask? Every member answers for itself.");
        stage.Run(
            $"$etcd = @{{ Endpoint = '{string.Join("', '", etcd.Endpoints)}'; "
            + "CaFile = 'ca.crt'; CertFile = 'client.crt'; KeyFile = 'client.key' }",
            () => { });
        var members = await stage.RunAsync("Get-EtcdMember @etcd", sink => new MemberQuery(connection).RunAsync(sink, cancellationToken));
        TourStage.Expect(members.All<EtcdMember>().Count(member => member.IsHealthy == true) == 3, "three healthy members");
        TourStage.Expect(members.All<EtcdMember>().Count(member => member.IsLeader) == 1, "one leader among them");

        stage.Say("A backup, from the member that is best asked. It exists under its name only when it is proven.");
        var backup = stage.File("backup.db");
        var saver = new SnapshotSaver(connection, new SnapshotSaveOptions { Path = backup }, TimeProvider.System);
        var saved = await stage.RunAsync("Save-EtcdSnapshot @etcd -Path backup.db", sink => saver.RunAsync(sink, cancellationToken));

        stage.Say("What is in it? No etcd program is needed to look.");
        var inspected = await stage.RunAsync(
            "Get-EtcdSnapshot backup.db", sink => SnapshotInspector.InspectAsync(backup, sink, cancellationToken));
        TourStage.Expect(inspected.One<EtcdSnapshot>().Hash == saved.One<EtcdSnapshot>().Hash, "the file holds what was computed while it came");
        var resources = await stage.RunAsync("(Get-EtcdSnapshot backup.db).Resources | Select-Object -First 5", sink =>
        {
            foreach (var resource in inspected.One<EtcdSnapshot>().Resources.Take(5)) sink.Emit(resource);
            return Task.CompletedTask;
        });
        TourStage.Expect(resources.All<EtcdResourceCount>().Count == 5, "the snapshot holds Kubernetes objects");
    }

    /// <summary>Restores the snapshot of a real cluster that is built into this program, for each member by etcd's own tool.</summary>
    private static async Task<LocalEtcd> StartWithKubernetesAsync(TourStage stage, CancellationToken cancellationToken)
    {
        var snapshot = stage.File(KubernetesResource);
        await using (var file = File.Create(snapshot))
        await using (var resource = typeof(BackupScene).Assembly.GetManifestResourceStream(KubernetesResource)!)
        {
            await resource.CopyToAsync(file, cancellationToken);
        }

        var etcd = await LocalEtcd.PrepareAsync(new LocalEtcdOptions { Members = 3, NamePrefix = "infra", Tls = true }, cancellationToken);
        try
        {
            var cluster = string.Join(',', etcd.Members.Select(member => $"{member.Name}={member.PeerUrl}"));
            foreach (var member in etcd.Members)
            {
                var restored = await etcd.EtcdUtlAsync(
                    cancellationToken, "snapshot", "restore", snapshot, $"--name={member.Name}", $"--data-dir={member.DataFolder}",
                    $"--initial-cluster={cluster}", $"--initial-advertise-peer-urls={member.PeerUrl}");
                restored.Expect();
            }
            await etcd.StartMembersAsync(cancellationToken);
            return etcd;
        }
        catch
        {
            await etcd.DisposeAsync();
            throw;
        }
    }
}
