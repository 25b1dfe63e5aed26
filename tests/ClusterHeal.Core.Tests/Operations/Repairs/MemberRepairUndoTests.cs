using ClusterHeal.Hosts;
using ClusterHeal.Operations.Repairs;
using ClusterHeal.Tests.Hosts;

namespace ClusterHeal.Tests.Operations.Repairs;

/// <summary>What an undo says if it finds nothing to take back.</summary>
public sealed class MemberRepairUndoTests
{
    [Fact]
    public async Task A_host_that_cannot_be_asked_may_have_the_repair_and_is_named()
    {
        using var answering = new SimulatedHost();
        using var folder = new TempFolder();
        await using var undo = new MemberRepairUndo(
            new() { Hosts = [new() { HostName = "h1" }, new() { HostName = "h2" }], OpenShell = connection => connection.HostName == "h1" ? answering : new SilentHost() },
            folder.Path,
            TimeProvider.System);

        var refusal = await Assert.ThrowsAsync<ClusterHealException>(() => undo.RunAsync(new RecordingSink(), TestContext.Current.CancellationToken));

        Assert.Equal(ErrorIds.RepairNotFound, refusal.ErrorId);
        Assert.Contains("nobody finished on h1. Other hosts could not be asked. h2: It is switched off.", refusal.Message, StringComparison.Ordinal);
    }

    private sealed class SilentHost : IHostShell
    {
        public string HostName => "h2";

        public Task<ScriptResult> RunAsync(HostScript script, CancellationToken cancellationToken) =>
            throw new HostShellException(ErrorIds.HostUnreachable, FaultCategory.Connection, "It is switched off.", HostName);

        public Task<HostFile> ReadFileAsync(string path, Stream destination, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<HostFile> WriteFileAsync(string path, Stream content, HostFileAccess access, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
