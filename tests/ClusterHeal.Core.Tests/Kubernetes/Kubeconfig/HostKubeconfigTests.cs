using System.Net.Sockets;
using System.Text;
using ClusterHeal.Hosts;
using ClusterHeal.Kubernetes;
using ClusterHeal.Practice.Clusters;

namespace ClusterHeal.Tests.Kubernetes.Kubeconfig;

/// <summary>An API server that only a control-plane host can reach, by the kubeconfig that lies there.</summary>
public sealed class HostKubeconfigTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_API_server_is_reached_through_the_host_and_the_host_is_let_go_with_the_client()
    {
        await using var plane = await LocalControlPlane.StartAsync(new LocalControlPlaneOptions { Controllers = false, Nodes = [] }, Token);
        // A name that stands in the server's certificate and that is known on the host alone.
        var text = (await File.ReadAllTextAsync(plane.Kubeconfig, Token)).Replace(plane.Server, "https://kubernetes:6443", StringComparison.Ordinal);
        var host = new FakeHost(text, new Uri(plane.Server).Port);
        var connection = await HostKubeconfig.TryReadAsync(host, Token);
        using (var client = new KubernetesClient(connection!, TimeProvider.System, host))
            Assert.StartsWith("v1.", await client.VersionAsync(Token), StringComparison.Ordinal);
        Assert.Equal("kubernetes:6443", Assert.Single(host.Dialled));
        Assert.True(host.IsClosed);
    }

    [Fact]
    public async Task A_host_without_a_kubeconfig_offers_no_way() => Assert.Null(await HostKubeconfig.TryReadAsync(new FakeHost(null, 0), Token));

    [Theory]
    [InlineData("client-certificate: /etc/kubernetes/pki/admin.crt", "/etc/kubernetes/pki/admin.crt")]
    [InlineData("tokenFile: /root/token", "/root/token")]
    [InlineData("exec: { apiVersion: client.authentication.k8s.io/v1, command: make-token }", "make-token")]
    public async Task Files_and_programs_that_the_host_names_are_neither_read_nor_run_here(string user, string named)
    {
        var fault = await Assert.ThrowsAsync<ClusterHealException>(() => HostKubeconfig.TryReadAsync(new FakeHost(Text(user), 0), Token));
        Assert.Equal(ErrorIds.KubeconfigInvalid, fault.ErrorId);
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
        Assert.Contains("kubem00", fault.Message, StringComparison.Ordinal);
        Assert.Null(await HostKubeconfig.FindUsableAsync(new FakeHost(Text(user), 0), Token));
    }

    [Fact]
    public async Task What_only_another_context_names_is_no_obstacle()
    {
        var text = Text("token: secret").Replace("users:\n", "users:\n- name: other\n  user: { tokenFile: /root/token }\n", StringComparison.Ordinal);
        Assert.NotNull(await HostKubeconfig.FindUsableAsync(new FakeHost(text, 0), Token));
    }

    [Fact]
    public async Task What_the_host_says_against_the_way_is_told()
    {
        var refusal = new HostShellException(ErrorIds.SshForwardFailed, FaultCategory.Connection, "kubem00 opened no connection.", "kubem00", "Look there.");
        var host = new FakeHost(Text("token: secret"), 0) { Refusal = refusal };
        var connection = await HostKubeconfig.TryReadAsync(host, Token);
        using var client = new KubernetesClient(connection!, TimeProvider.System, host);
        var fault = await Assert.ThrowsAsync<KubernetesException>(() => client.VersionAsync(Token));
        Assert.Equal((ErrorIds.SshForwardFailed, "Look there."), (fault.ErrorId, fault.Remedy));
        Assert.True(fault.IsTransient);
    }

    private static string Text(string user) => $$"""
        apiVersion: v1
        kind: Config
        current-context: kubernetes-admin@kubernetes
        clusters:
        - name: kubernetes
          cluster: { server: "http://api.nowhere.invalid:6443" }
        users:
        - name: admin
          user: { {{user}} }
        contexts:
        - name: kubernetes-admin@kubernetes
          context: { cluster: kubernetes, user: admin }
        """;

    /// <summary>A host with at most one file, whose connections all lead to one port of this machine.</summary>
    private sealed class FakeHost(string? kubeconfig, int port) : IHostShell
    {
        public string HostName => "kubem00";

        public List<string> Dialled { get; } = [];

        public HostShellException? Refusal { get; init; }

        public bool IsClosed { get; private set; }

        public Task<ScriptResult> RunAsync(HostScript script, CancellationToken cancellationToken) => throw new NotSupportedException();

        public async Task<HostFile> ReadFileAsync(string path, Stream destination, CancellationToken cancellationToken)
        {
            if (kubeconfig is null || path != "/etc/kubernetes/admin.conf")
                throw new HostShellException(ErrorIds.HostFileNotFound, FaultCategory.NotFound, $"'{path}' is not there.", HostName);
            await destination.WriteAsync(Encoding.UTF8.GetBytes(kubeconfig), cancellationToken);
            return null!;
        }

        public Task<HostFile> WriteFileAsync(string path, Stream content, HostFileAccess access, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public async ValueTask<Stream> DialAsync(string host, int remotePort, CancellationToken cancellationToken)
        {
            if (Refusal is not null) throw Refusal;
            Dialled.Add($"{host}:{remotePort}");
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }

        public ValueTask DisposeAsync()
        {
            IsClosed = true;
            return ValueTask.CompletedTask;
        }
    }
}
