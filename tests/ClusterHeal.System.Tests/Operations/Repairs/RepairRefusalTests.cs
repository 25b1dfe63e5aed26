using ClusterHeal.Practice.Hosts.Recipes;
using ClusterHeal.Tests.Hosts;
using ClusterHeal.Tests.Operations.Restores;

namespace ClusterHeal.Tests.Operations.Repairs;

/// <summary>What a repair refuses before it touches anything, each with its reason and the way on.</summary>
public sealed class RepairRefusalTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_touched_without_quorum_room_or_a_fitting_certificate()
    {
        LongTests.SkipUnlessWanted();
        await using var lab = await RepairLab.StartAsync(EtcdForm.SystemdUnit, "3.5", Stop, withSpare: true, diskSize: "700M");
        var well = await lab.ExpectRefusedAsync(Stop);
        Assert.Contains("is well", well.Message, StringComparison.Ordinal);

        await lab.LoseDataAsync("m2", Stop);
        var alone = await lab.ExpectRefusedAsync(Stop, request => request with { Hosts = [.. request.Hosts.Where(host => host.HostName is "m0" or "m2")] });
        Assert.Contains("'m1'", alone.Message, StringComparison.Ordinal);
        Assert.Contains("-OtherHostName", alone.Message, StringComparison.Ordinal);

        await RestoreCluster.FillDiskAsync(lab.Hosts["m2"], Stop);
        var full = await lab.ExpectRefusedAsync(Stop);
        Assert.Contains("are needed", full.Message, StringComparison.Ordinal);
        await RestoreCluster.FreeDiskAsync(lab.Hosts["m2"], Stop);

        // The spare host has a certificate for another address, as if it had been copied.
        await lab.Hosts[RepairLab.Spare].RunAsync(Stop, "mv", "/etc/etcd/pki/peer.crt", "/root");
        File.Copy(lab.Hosts["m0"].Disk.PathOf("/etc/etcd/pki/peer.crt"), lab.Hosts[RepairLab.Spare].Disk.PathOf("/etc/etcd/pki/peer.crt"), overwrite: true);
        var stranger = await lab.ExpectRefusedAsync(Stop, request => request with { ToHostName = RepairLab.Spare });
        Assert.Contains($"is not for '{lab.Hosts[RepairLab.Spare].Address}'", stranger.Message, StringComparison.Ordinal);

        // A second member stops: of three voters one is left.
        await lab.Hosts["m1"].SaysAsync("systemctl stop etcd");
        await HostLab.EventuallyAsync(
            async () => (await lab.EtcdCtlAsync("m0", Stop, "endpoint", "status")).Output.Contains("no leader", StringComparison.Ordinal), "m0 has no leader");
        var leaderless = await lab.ExpectRefusedAsync(Stop);
        Assert.Contains("has no leader", leaderless.Message, StringComparison.Ordinal);
        Assert.Contains("Restore-EtcdSnapshot", leaderless.Remedy, StringComparison.Ordinal);
    }
}
