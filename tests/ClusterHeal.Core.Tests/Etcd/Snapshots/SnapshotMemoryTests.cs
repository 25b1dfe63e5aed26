using ClusterHeal.Etcd.Snapshots;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>What a call needs is gone with it: a session that looks at snapshots all day does not grow.</summary>
public sealed class SnapshotMemoryTests
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public async Task Three_hundred_calls_keep_nothing()
    {
        await CallAsync(50);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await CallAsync(300);
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        // Other tests run meanwhile; what a call needs, 1.7 MiB, would be 500 MiB in sum.
        Assert.True(kept < 64 * Megabyte, $"300 calls keep {kept / Megabyte} MiB");
    }

    private static async Task CallAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var inspection = await SnapshotInspection.ProveAsync(Fixture.PathOf("etcd/snap.db"), TestContext.Current.CancellationToken);
            Assert.False(inspection.IsDamaged);
        }
    }
}
