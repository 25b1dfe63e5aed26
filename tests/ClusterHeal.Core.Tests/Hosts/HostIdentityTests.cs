using ClusterHeal.Hosts;
using ClusterHeal.Operations.Drills;
using ClusterHeal.Operations.Repairs;
using ClusterHeal.Operations.Restores;

namespace ClusterHeal.Tests.Hosts;

/// <summary>
/// Two names of one host are one host: for a restore, its undo, a repair and a drill, which all conclude something from how many hosts there are.
/// This machine is the host, called <c>kubem00</c>, <c>m0</c> and so on.
/// </summary>
public sealed class HostIdentityTests : IDisposable
{
    private static readonly HostConnection[] OneHost = [new() { HostName = "kubem00" }, new() { HostName = "m0" }];

    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Names_and_hosts_are_two_things()
    {
        using SimulatedHost one = new() { BootId = "boot-1" }, other = new() { BootId = "boot-2" };

        Assert.Equal(await HostIdentity.AskAsync(one, Stop), await HostIdentity.AskAsync(one, Stop));
        Assert.NotEqual(await HostIdentity.AskAsync(one, Stop), await HostIdentity.AskAsync(other, Stop));
        await HostIdentity.RequireDistinctAsync([one, other], Stop);
        await HostIdentity.RequireDistinctAsync([one], Stop);
        Assert.Equal(ErrorIds.HostNamedTwice, (await Assert.ThrowsAsync<HostShellException>(() => HostIdentity.RequireDistinctAsync([one, other, one], Stop))).ErrorId);
    }

    /// <summary>The hosts of a practice cluster, and of kind, are containers on one kernel.</summary>
    [Fact]
    public void Containers_of_one_kernel_are_hosts_of_their_own()
    {
        var container = new HostIdentity("boot-1", "pid:[4026532210]", "m0");
        HostIdentity.RequireDistinct([("a", container), ("b", container with { Processes = "pid:[4026532310]" }), ("c", container with { SystemName = "m1" })]);
    }

    [Fact]
    public async Task A_restore_is_refused()
    {
        var request = new ClusterRestoreRequest
        {
            OpenShell = HostShell.OpenLocal, SnapshotPath = Fixture.PathOf("etcd/snap.db"), Cluster = "c", LastSnapshotFolder = _folder.Path,
        };
        await using var restore = new ClusterRestore(OneHost, request, _folder.Path, TimeProvider.System);
        await AssertRefusedAsync(sink => restore.RunAsync(sink, Stop));
    }

    [Fact]
    public async Task The_undo_of_a_restore_is_refused()
    {
        var request = new ClusterRestoreUndoRequest { Cluster = "c", OpenShell = HostShell.OpenLocal, Force = true };
        await using var undo = new ClusterRestoreUndo(OneHost, request, _folder.Path, TimeProvider.System);
        await AssertRefusedAsync(sink => undo.RunAsync(sink, Stop));
    }

    [Fact]
    public async Task A_repair_is_refused()
    {
        var request = new MemberRepairRequest
        {
            Cluster = "c", Hosts = OneHost, HostName = "kubem00", SnapshotFolder = _folder.Path, OpenShell = HostShell.OpenLocal,
        };
        await using var repair = new MemberRepair(request, _folder.Path, TimeProvider.System);
        await AssertRefusedAsync(sink => repair.RunAsync(sink, Stop));
    }

    [Fact]
    public async Task A_drill_is_refused()
    {
        var request = new FailureDrillRequest
        {
            Drill = DrillName.ApiServer,
            Kubernetes = new() { ClusterName = "c", Server = new Uri("http://192.0.2.1:6443") },
            Hosts = OneHost,
            NodeHost = _ => OneHost[0],
            OpenShell = HostShell.OpenLocal,
            JournalFolder = _folder.Path,
        };
        await AssertRefusedAsync(sink => new FailureDrillRun(request, sink, TimeProvider.System).RunAsync(Stop));
    }

    private static async Task AssertRefusedAsync(Func<RecordingSink, Task> operation)
    {
        var sink = new RecordingSink();
        var refusal = await Assert.ThrowsAsync<HostShellException>(() => operation(sink));
        Assert.Equal(ErrorIds.HostNamedTwice, refusal.ErrorId);
        Assert.StartsWith("kubem00 and m0 are one host", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(sink.Questions);
        Assert.Empty(sink.Records);
    }
}
