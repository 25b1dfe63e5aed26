using ClusterHeal.Hosts;
using ClusterHeal.Operations.Restores;

namespace ClusterHeal.Tests.Operations.Restores;

/// <summary>What a restore lays on a host, and in which order.</summary>
public sealed class MemberHostTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restore_is_found_by_its_plan_only_when_its_script_lies_there_too()
    {
        using var folder = new TempFolder();
        await using var shell = new RecordingHost();
        var host = new MemberHost(shell, new OperationJournal("Test", folder.Path, TimeProvider.System), "x");

        var plan = new MemberScriptPlan
        {
            OperationId = "x",
            DataDirectory = "/var/lib/etcd",
            WalDirectory = null,
            Etcd = new ComponentStatus
            {
                HostName = "m0", Component = ClusterComponent.Etcd, State = ComponentState.Running, Mechanism = ComponentMechanism.SystemdUnit, UnitName = "etcd.service",
            },
            ControlPlane = [],
            HealthEndpoints = ["http://127.0.0.1:2379\t\t\t"],
            OwnPeerEndpoint = "http://127.0.0.1:2380\t\t\t",
            PeerEndpoints = [],
            LostMembers = 0,
            ClusterId = "beef",
            ReadyPatience = TimeSpan.FromSeconds(60),
        };
        await host.InstallAsync(plan, Stop);

        Assert.Equal(["/var/lib/clusterheal/restore/x/member.sh", "/var/lib/clusterheal/restore/x/plan"], shell.Written);
    }

    private sealed class RecordingHost : IHostShell
    {
        public List<string> Written { get; } = [];

        public string HostName => "m0";

        public Task<ScriptResult> RunAsync(HostScript script, CancellationToken cancellationToken) => Task.FromResult(new ScriptResult(0, [], ""));

        public Task<HostFile> ReadFileAsync(string path, Stream destination, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<HostFile> WriteFileAsync(string path, Stream content, HostFileAccess access, CancellationToken cancellationToken)
        {
            Written.Add(path);
            return Task.FromResult(new HostFile { Path = path, Length = content.Length, Sha256 = "", Access = access });
        }

        public ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
