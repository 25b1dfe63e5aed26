using ClusterHeal.Hosts;
using ClusterHeal.Operations.Restores;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Tests.Kubernetes;

namespace ClusterHeal.Tests.Operations.Restores;

/// <summary>What a restore reads through an API server of a host: a practice one, or the real one with <c>KUBEBUILDER_ASSETS</c>.</summary>
public sealed class RestoredApiServersTests : IAsyncLifetime
{
    private const string AdminFile = "/etc/kubernetes/admin.conf";
    private LocalControlPlane _plane = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var options = new LocalControlPlaneOptions { KubernetesAssets = LocalControlPlaneOptions.AssetsOfEnvironment, Controllers = false };
        _plane = await LocalControlPlane.StartAsync(options, Stop);
    }

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task The_administrator_of_the_host_reads_what_etcd_has()
    {
        var (status, message) = await ReadAsync(_plane.Kubeconfig, revision: 1);

        Assert.Equal(CheckStatus.Pass, status);
        Assert.Matches("^m0: [1-9][0-9]* namespaces and 0 nodes at revision [1-9][0-9]*$", message);
    }

    [Fact]
    public async Task A_server_that_reads_less_than_its_etcd_has_is_a_failure()
    {
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => ReadAsync(_plane.Kubeconfig, long.MaxValue));

        Assert.Equal(ErrorIds.RestoreNotProven, fault.ErrorId);
        Assert.Equal("m0", fault.Target);
    }

    [Fact]
    public async Task Without_a_kubeconfig_nothing_is_claimed()
    {
        var (status, message) = await ReadAsync(kubeconfig: null, revision: 1);

        Assert.Equal(CheckStatus.Unknown, status);
        Assert.Contains("m0: not read", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_whom_the_restored_data_do_not_know_is_no_failure_of_the_restore()
    {
        var (status, message) = await ReadAsync(_plane.WriteKubeconfig("stranger", null), revision: 1);

        Assert.Equal(CheckStatus.Unknown, status);
        Assert.Contains("stranger", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_a_revision_is_not_taken_for_an_old_one()
    {
        await using var api = new ScriptedApi(_ => new ScriptedAnswer(200, """{"metadata":{"resourceVersion":"none"},"items":[]}"""));
        using var folder = new TempFolder();
        const string Names = "clusters: [{ name: c, cluster: { server: SERVER } }]\ncontexts: [{ name: x, context: { cluster: c } }]\ncurrent-context: x\n";
        await File.WriteAllTextAsync(folder.File("config"), Names.Replace("SERVER", api.Server, StringComparison.Ordinal), Stop);

        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => ReadAsync(folder.File("config"), revision: 1, api.Server));

        Assert.Equal(ErrorIds.KubernetesAnswerInvalid, fault.ErrorId);
        Assert.Contains("'none'", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>What a file of the host names is not looked for on the operator's machine, and above all no program is run there.</summary>
    [Fact]
    public async Task A_kubeconfig_that_names_a_program_is_left_alone()
    {
        using var folder = new TempFolder();
        var trace = folder.File("ran");
        var text = (await File.ReadAllTextAsync(_plane.Kubeconfig, Stop)).Replace(
            "    client-certificate-data:",
            $"    exec: {{ apiVersion: client.authentication.k8s.io/v1, command: touch, args: ['{trace}'], interactiveMode: Never }}\n    ignored:",
            StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("config"), text, Stop);

        var (status, _) = await ReadAsync(folder.File("config"), revision: 1);

        Assert.Equal(CheckStatus.Unknown, status);
        Assert.False(File.Exists(trace));
    }

    private async Task<(CheckStatus Status, string? Message)> ReadAsync(string? kubeconfig, long revision, string? address = null)
    {
        await using var shell = new AdminHost(kubeconfig);
        var server = new ComponentStatus
        {
            HostName = "m0",
            Component = ClusterComponent.ApiServer,
            State = ComponentState.Running,
            Port = new Uri(address ?? _plane.Server).Port,
            CommandLine = ["kube-apiserver", "--bind-address=127.0.0.1"],
        };
        return await new RestoredApiServers([(shell, server)], TimeSpan.FromSeconds(2), TimeProvider.System).ReadAsync(revision, Stop);
    }

    /// <summary>This machine as a host on which a kubeconfig lies where kubeadm puts it.</summary>
    private sealed class AdminHost(string? kubeconfig) : IHostShell
    {
        private readonly IHostShell _machine = HostShell.OpenLocal(new HostConnection { HostName = "m0" });

        public string HostName => "m0";

        public Task<ScriptResult> RunAsync(HostScript script, CancellationToken cancellationToken) => _machine.RunAsync(script, cancellationToken);

        public Task<HostFile> ReadFileAsync(string path, Stream destination, CancellationToken cancellationToken) =>
            _machine.ReadFileAsync(path == AdminFile && kubeconfig is not null ? kubeconfig : "/nonexistent/file", destination, cancellationToken);

        public Task<HostFile> WriteFileAsync(string path, Stream content, HostFileAccess access, CancellationToken cancellationToken) =>
            _machine.WriteFileAsync(path, content, access, cancellationToken);

        public ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken) => _machine.DialAsync(host, port, cancellationToken);

        public ValueTask DisposeAsync() => _machine.DisposeAsync();
    }
}
