using ClusterHeal.Common;
using ClusterHeal.Kubernetes;
using ClusterHeal.Practice.Pki;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>Our client against an API server.</summary>
public abstract class LiveClientTests(LiveControlPlane plane)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_certificate_a_token_and_a_stranger_are_told_apart()
    {
        plane.Require();
        using var admin = await plane.ConnectAsync();
        Assert.Equal("v1.36", string.Join('.', (await admin.VersionAsync(Token)).Split('.')[..2]));

        using var nobody = await plane.ConnectAsync(plane.Plane.WriteKubeconfig("nobody", null));
        var forbidden = await Assert.ThrowsAsync<KubernetesException>(() => nobody.SnapshotAsync(Resources.Nodes, ResourceQuery.All, Token));
        Assert.Equal(ErrorIds.ApiServerForbidden, forbidden.ErrorId);

        var header = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", "wrong");
        var bad = admin.Connection with { Credentials = new FixedCredential(new Credential(header, null, null, null)) };
        using var wrong = new KubernetesClient(bad, TimeProvider.System);
        var unauthorized = await Assert.ThrowsAsync<KubernetesException>(() => wrong.SnapshotAsync(Resources.Nodes, ResourceQuery.All, Token));
        Assert.Equal(ErrorIds.ApiServerUnauthorized, unauthorized.ErrorId);
    }

    [Fact]
    public async Task A_server_of_another_authority_or_another_name_is_not_trusted()
    {
        plane.Require();
        using var admin = await plane.ConnectAsync();
        using var stranger = CertificateAuthority.Create("stranger");
        var other = admin.Connection with { Authorities = new PemText("stranger", stranger.CertificatePem) };
        using var distrusting = new KubernetesClient(other, TimeProvider.System);
        Assert.Equal(ErrorIds.CertificateUntrusted, (await Assert.ThrowsAsync<KubernetesException>(() => distrusting.VersionAsync(Token))).ErrorId);

        using var misnamed = new KubernetesClient(admin.Connection with { TlsServerName = "foo" }, TimeProvider.System);
        var fault = await Assert.ThrowsAsync<KubernetesException>(() => misnamed.VersionAsync(Token));
        Assert.Equal(ErrorIds.CertificateNameMismatch, fault.ErrorId);
        Assert.Contains("localhost", fault.Message, StringComparison.Ordinal);

        using var named = new KubernetesClient(admin.Connection with { TlsServerName = "kubernetes" }, TimeProvider.System);
        Assert.NotEmpty(await named.VersionAsync(Token));
    }

    [Fact]
    public async Task Lists_come_in_pages_and_watches_go_on_from_them()
    {
        plane.Require();
        using var api = plane.Api();
        using var client = await plane.ConnectAsync();
        var type = Resources.Any("v1", "configmaps");
        var query = new ResourceQuery("default", LabelSelector: "test=pages");
        await Task.WhenAll(Enumerable.Range(0, 520).Select(i => Create(api, $"page-{i:000}")));
        var before = client.RequestCount;
        var names = new List<string>();
        await foreach (var item in client.ListAsync(type, query, Token)) names.Add(item.Metadata.Name);
        Assert.Equal(520, names.Count);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.Equal(2, client.RequestCount - before);

        await using var cache = await ResourceCache<AnyObject>.StartAsync(client, type, query, Token);
        await Create(api, "late");
        await LiveControlPlane.Eventually(() => Task.FromResult(cache.Items.Any(i => i.Metadata.Name == "late")), "the new object in the watch");
        await api.DeleteAsync("/api/v1/namespaces/default/configmaps/late");
        await LiveControlPlane.Eventually(() => Task.FromResult(cache.Items.All(i => i.Metadata.Name != "late")), "the object to leave the watch");
    }

    [Fact]
    public async Task Nodes_are_shown_and_cordoned_as_kubectl_does()
    {
        plane.Require();
        await using var kubelets = await FakeKubelets.StartAsync(plane, "view-a");
        using var client = await plane.ConnectAsync();
        var sink = new RecordingSink();
        var nodes = new NodeOperations(client, sink);
        await nodes.SetSchedulableAsync(["view-a"], null, schedulable: false, passThru: true, Token);
        Assert.Equal("Ready,SchedulingDisabled", sink.All<NodeStatus>().Single().Status);
        var shown = await plane.KubectlAsync(Token, "get", "node", "view-a", "--no-headers");
        Assert.Contains("Ready,SchedulingDisabled", shown.Output, StringComparison.Ordinal);
        await nodes.SetSchedulableAsync(["view-a"], null, schedulable: true, passThru: false, Token);
        shown = await plane.KubectlAsync(Token, "get", "node", "view-a", "--no-headers");
        Assert.DoesNotContain("SchedulingDisabled", shown.Output, StringComparison.Ordinal);
    }

    private static async Task Create(RawApi api, string name) => await api.PostAsync(
        "/api/v1/namespaces/default/configmaps",
        $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{name}}","labels":{"test":"pages"} } }""");
}

[Collection(PracticeCollection.Name)]
public sealed class PracticeClientTests(PracticePlane plane) : LiveClientTests(plane);

[Collection(RealCollection.Name)]
public sealed class RealClientTests(RealPlane plane) : LiveClientTests(plane);
