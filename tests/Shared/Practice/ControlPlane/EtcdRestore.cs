using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Tests.Practice.ControlPlane;

/// <summary>Takes an etcd of one member back to a snapshot, as an administrator does by hand.</summary>
internal static class EtcdRestore
{
    public static async Task FromAsync(LocalEtcd etcd, string snapshot, CancellationToken cancellationToken)
    {
        var member = etcd.Members[0];
        await member.StopAsync(cancellationToken);
        Directory.Delete(member.DataFolder, recursive: true);
        (await etcd.EtcdUtlAsync(
            cancellationToken, "snapshot", "restore", snapshot, "--data-dir", member.DataFolder, "--name", member.Name,
            "--initial-cluster", $"{member.Name}={member.PeerUrl}", "--initial-advertise-peer-urls", member.PeerUrl)).Expect();
        await member.StartAsync(cancellationToken);
    }
}
