using ClusterHeal.Operations;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Pki;
using ClusterHeal.Tests.Kubernetes.Kubeconfig;

namespace ClusterHeal.Tests.Operations.Components;

/// <summary>
/// Who answers before an API server is stopped, and what is asked if nobody does. A real etcd has the leases; the other servers are real TLS
/// servers.
/// </summary>
public sealed class OtherApiServersTests : IAsyncLifetime
{
    private const string Own = "203.0.113.1", Other = "203.0.113.2";

    private readonly TempFolder _folder = new();
    private readonly RecordingApi _api = new();
    private LocalEtcd _etcd = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), Stop);
        using var another = CertificateAuthority.Create("another");
        await File.WriteAllTextAsync(_folder.File("another.crt"), another.Issue("server", ["m0"]).CertificatePem, Stop);
        await File.WriteAllTextAsync(_folder.File("own.crt"), _api.IssueClient("server").CertificatePem, Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _etcd.DisposeAsync();
        await _api.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task One_that_answers_is_enough_wherever_it_is_known_from()
    {
        await LeaseAsync(Own, Other);
        Assert.Equal(Other, (await AskAsync()).Answering);
        // It writes no lease, and its host carries a member.
        await LeaseAsync();
        await AdvertiseAsync($"http://{Other}:2380");
        Assert.Equal(Other, (await AskAsync()).Answering);
        Assert.Empty((await GuardAsync()).Questions);
    }

    [Fact]
    public async Task One_that_has_a_lease_and_does_not_answer_does_not_count()
    {
        await LeaseAsync(Own, "203.0.113.9");
        Assert.Equal((null, "203.0.113.9"), (await AskAsync() is var others ? others.Answering : null, string.Join(' ', others.Silent)));
        Assert.Contains("No API server but", Assert.Single((await GuardAsync()).Questions), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_answers_by_another_authority_is_no_server_of_this_cluster()
    {
        await LeaseAsync(Own, Other);
        Assert.Null((await AskAsync($"--tls-cert-file={_folder.File("another.crt")}")).Answering);
        Assert.Equal(Other, (await AskAsync($"--tls-cert-file={_folder.File("own.crt")}")).Answering);
    }

    [Fact]
    public async Task The_server_itself_is_not_another_one()
    {
        await LeaseAsync(Own);
        var others = await AskAsync();
        Assert.True(others.IsAlone);
        Assert.Null(others.Answering);
        Assert.Contains("No API server but", Assert.Single((await GuardAsync()).Questions), StringComparison.Ordinal);
    }

    /// <summary>The connection knows the host by another name than the one that the user gave: its server would count as another one.</summary>
    [Fact]
    public async Task The_host_by_another_name_is_not_another_host()
    {
        await LeaseAsync(Own);
        Assert.Contains("No API server but", Assert.Single((await GuardAsync(also: Named("kubem00"))).Questions), StringComparison.Ordinal);
        Assert.Empty((await GuardAsync(also: Named("m1", ("ask which host this is", "another boot\npid:[1]\nm1\n")))).Questions);
    }

    [Fact]
    public async Task Nothing_counted_is_not_none()
    {
        await LeaseAsync();
        Assert.Contains("is not known", Assert.Single((await GuardAsync()).Questions), StringComparison.Ordinal);
        using var port = new ClosedPort();
        Assert.Contains("refused the connection", Assert.Single((await GuardAsync($"http://{port.Endpoint}")).Questions), StringComparison.Ordinal);
    }

    private async Task LeaseAsync(params string[] addresses)
    {
        (await _etcd.EtcdCtlAsync(Stop, "del", "--prefix", "/registry/masterleases/")).Expect();
        foreach (var address in addresses) (await _etcd.EtcdCtlAsync(Stop, "put", $"/registry/masterleases/{address}", "x")).Expect();
    }

    private async Task AdvertiseAsync(string url)
    {
        var id = (await _etcd.EtcdCtlAsync(Stop, "member", "list")).Expect().Output.Split(',')[0];
        (await _etcd.EtcdCtlAsync(Stop, "member", "update", id, $"--peer-urls={url}")).Expect();
    }

    private async Task<OtherApiServers> AskAsync(params string[] flags)
    {
        await using var shell = Shell();
        return await OtherApiServers.AskAsync(shell, Server(null, flags), [], _ => throw new InvalidOperationException(), Stop);
    }

    private async Task<RecordingSink> GuardAsync(string? etcd = null, RedirectedShell? also = null)
    {
        await using var shell = Shell();
        var plan = new ComponentPlan { HostName = "m0", Current = Server(etcd), Action = ComponentAction.Stop };
        var change = new ComponentChange
        {
            Action = ComponentAction.Stop,
            Targets = [],
            ControlPlane = also is null ? [] : [new HostConnection { HostName = also.HostName }],
            OpenShell = _ => also ?? throw new InvalidOperationException(),
        };
        var sink = new RecordingSink();
        await ApiServerGuard.CheckAsync(shell, plan, change, sink, Stop);
        return sink;
    }

    private RedirectedShell Shell() => new(new Dictionary<string, int> { [Other] = _api.SecurePort, [Own] = _api.SecurePort });

    // A host whose API server runs, and answers at the port of ours.
    private RedirectedShell Named(string name, params (string Purpose, string Answer)[] answers)
    {
        var found = $"""
            component apiserver
            process 1 1 0 /
            command kube-apiserver{'\u001f'}--secure-port={_api.SecurePort}
            unit Id=kube-apiserver.service
            unit LoadState=loaded
            unit ActiveState=active
            unit MainPID=1

            """;
        return new RedirectedShell(
            new Dictionary<string, int>(), name, answers.Append(("look for components", found)).ToDictionary(answer => answer.Item1, answer => answer.Item2));
    }

    private ComponentStatus Server(string? etcd, params string[] flags) => new()
    {
        HostName = "m0",
        Component = ClusterComponent.ApiServer,
        State = ComponentState.Running,
        Port = 6443,
        CommandLine = ["kube-apiserver", $"--etcd-servers={etcd ?? _etcd.Endpoint}", $"--advertise-address={Own}", .. flags],
    };
}
