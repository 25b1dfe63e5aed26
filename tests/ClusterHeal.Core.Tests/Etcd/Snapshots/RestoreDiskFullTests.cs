using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>A restore onto a file system without room, a tmpfs of a few megabytes.</summary>
public sealed class RestoreDiskFullTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(512 * 1024, "within the database")]
    [InlineData(16 * 1024 * 1024, "within the log")]
    public async Task A_full_disk_leaves_nothing_and_the_restore_can_be_repeated_at_once(int size, string where)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") Assert.Skip("Mounting a small tmpfs needs root on Linux.");
        var disk = Directory.CreateTempSubdirectory("clusterheal-disk-").FullName;
        (await Tool.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={size}", "tmpfs", disk], Cancel)).Expect();
        try
        {
            var spec = new RestoreSpec { Cluster = InitialCluster.Parse("m1=http://127.0.0.1:2380", "t") };
            using var restore = await SnapshotRestore.OpenAsync(Fixture.PathOf("etcd/alarm.db"), spec, Cancel);
            Task<IReadOnlyList<EtcdRestoreResult>> RestoreAsync(string folder) =>
                restore.RestoreAsync([new RestoreTarget("m1", folder)], new RecordingSink(), TimeProvider.System, Cancel);

            var fault = await Assert.ThrowsAsync<ClusterHealException>(() => RestoreAsync(Path.Combine(disk, "data")));
            Assert.True(fault.Category == FaultCategory.ResourceExhausted, $"{where}: {fault.Message}");
            Assert.Empty(Directory.GetFileSystemEntries(disk));

            (await Tool.RunAsync("mount", ["-o", "remount,size=128m", disk], Cancel)).Expect();
            // The root of a disk of its own, as etcd's data directory often is.
            await RestoreAsync(disk);
            Assert.True(File.Exists(Path.Combine(disk, "member", "snap", "db")));
        }
        finally
        {
            (await Tool.RunAsync("umount", [disk], CancellationToken.None)).Expect();
            Directory.Delete(disk);
        }
    }
}
