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

        stage.Say("Is it whole? Every page is walked, every revision is in order, and the live members hold the same.");
        var tested = await stage.RunAsync("Test-EtcdSnapshot backup.db @etcd", sink => TestAsync(backup, connection, sink, cancellationToken));
        TourStage.Expect(tested.All<CheckResult>().All(check => check.Status == CheckStatus.Pass), "every check passes");

        stage.Say("One bit of a copy is turned, in the middle of a value.");
        var damaged = stage.File("damaged.db");
        var place = await PlaceOfValueAsync(backup, cancellationToken);
        stage.Run(
            $"$bytes = [IO.File]::ReadAllBytes(\"$PWD/backup.db\"); $bytes[{place}] = $bytes[{place}] -bxor 1; "
            + "[IO.File]::WriteAllBytes(\"$PWD/damaged.db\", $bytes)",
            () => Damage(backup, damaged, place));
        var status = await stage.RunToolAsync(
            "etcdutl snapshot status damaged.db", () => etcd.EtcdUtlAsync(cancellationToken, "snapshot", "status", damaged));
        TourStage.Expect(status.ExitCode == 0, "etcd's own tool sees nothing");

        stage.Say("etcd's own tool saw nothing. The proof does.");
        var failed = await stage.RunAsync("Test-EtcdSnapshot damaged.db", sink => TestAsync(damaged, null, sink, cancellationToken));
        TourStage.Expect(failed.All<CheckResult>().Any(check => check.Status == CheckStatus.Fail), "a check fails");
    }

    private static async Task TestAsync(string path, EtcdConnection? connection, IOperationSink sink, CancellationToken cancellationToken)
    {
        foreach (var check in await SnapshotTester.TestAsync(path, connection, null, cancellationToken)) sink.Emit(check);
    }

    /// <summary>A text that is in every cluster, and in a value, not in a key.</summary>
    private static async Task<int> PlaceOfValueAsync(string path, CancellationToken cancellationToken) =>
        (await File.ReadAllBytesAsync(path, cancellationToken)).AsSpan().IndexOf("kubernetes.io/metadata.name"u8);

    private static void Damage(string path, string damaged, int place)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[place] ^= 1;
        File.WriteAllBytes(damaged, bytes);
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
