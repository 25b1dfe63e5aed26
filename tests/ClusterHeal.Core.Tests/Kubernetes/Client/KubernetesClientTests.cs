using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Client;

public sealed class KubernetesClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_recorded_list_is_read_with_its_fields()
    {
        await using var api = new ScriptedApi(_ => ScriptedAnswer.Recorded("nodes-list"));
        using var client = api.Connect();
        var nodes = await client.SnapshotAsync(Resources.Nodes, ResourceQuery.All, Token);
        Assert.Equal(["kubew03", "kubew04", "kubew05"], nodes.Items.Select(n => n.Metadata.Name));
        Assert.Equal("672", nodes.ResourceVersion);
        Assert.True(nodes.Items[0].IsReady);
    }

    [Fact]
    public async Task The_pages_of_a_list_that_the_server_forgets_are_begun_again_behind_the_last_object()
    {
        var calls = 0;
        await using var api = new ScriptedApi(_ => ++calls switch
        {
            1 => Page("t1", "a", "b"),
            2 => Gone(),
            3 => Page("t2", "a", "b", "c"),
            _ => Page("", "d"),
        });
        using var client = api.Connect();
        var names = new List<string>();
        await foreach (var pod in client.ListAsync(Resources.Pods, ResourceQuery.All, Token)) names.Add(pod.Metadata.Name);
        Assert.Equal(["a", "b", "c", "d"], names);
        Assert.Contains("continue=t1", api.Requests.ElementAt(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_never_mixes_two_lists()
    {
        var calls = 0;
        await using var api = new ScriptedApi(_ => ++calls switch { 1 => Page("t1", "gone", "b"), 2 => Gone(), _ => Page("", "b", "c") });
        using var client = api.Connect();
        Assert.Equal(["b", "c"], (await client.SnapshotAsync(Resources.Pods, ResourceQuery.All, Token)).Items.Select(p => p.Metadata.Name));
    }

    [Fact]
    public async Task A_server_that_asks_to_come_back_is_asked_again()
    {
        var calls = 0;
        await using var api = new ScriptedApi(_ => ++calls < 3
            ? Status(429, "TooManyRequests", "storage is (re)initializing").RetryAfter(1)
            : Page("", "a"));
        using var client = api.Connect();
        Assert.Single((await client.SnapshotAsync(Resources.Pods, ResourceQuery.All, Token)).Items);
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task No_answer_ends_at_our_own_deadline_and_says_where_to_look()
    {
        await using var api = new ScriptedApi(_ => Page("", "a") with { Delay = TimeSpan.FromSeconds(20) });
        using var client = api.Connect(TimeSpan.FromSeconds(1));
        var fault = await Assert.ThrowsAsync<KubernetesException>(() => client.SnapshotAsync(Resources.Pods, ResourceQuery.All, Token));
        Assert.Equal(ErrorIds.ApiServerTimeout, fault.ErrorId);
        Assert.True(fault.IsTransient);
        Assert.Contains("etcd", fault.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_stops_half_way_ends_at_the_deadline()
    {
        await using var api = new ScriptedApi(_ => new ScriptedAnswer(200, """{"gitVersion":""", "\"v1.36.2\"}") { Delay = TimeSpan.FromSeconds(2) });
        using var client = api.Connect(TimeSpan.FromSeconds(3));
        var fault = await Assert.ThrowsAsync<KubernetesException>(() => client.VersionAsync(Token));
        Assert.Equal(ErrorIds.ApiServerTimeout, fault.ErrorId);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    public async Task A_name_that_no_object_can_have_is_not_asked_for(string name)
    {
        await using var api = new ScriptedApi(_ => Page("", "a"));
        using var client = api.Connect();
        Assert.Null(await client.FindAsync(Resources.Nodes, null, name, Token));
        var fault = await Assert.ThrowsAsync<KubernetesException>(() => Cordon.SetAsync(client, name, schedulable: false, Token));
        Assert.Equal(ErrorIds.KubernetesObjectNotFound, fault.ErrorId);
        Assert.Empty(api.Requests);
    }

    [Fact]
    public async Task A_name_stays_one_part_of_the_path()
    {
        await using var api = new ScriptedApi(_ => Status(404, "NotFound", "no"));
        using var client = api.Connect();
        Assert.Null(await client.FindAsync(Resources.Nodes, null, "a?dryRun=All#b", Token));
        Assert.Equal("GET /api/v1/nodes/a%3FdryRun%3DAll%23b", Assert.Single(api.Requests));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_refused_connection()
    {
        using var port = new ClosedPort();
        var connection = new KubernetesConnection { ClusterName = "none", Server = new Uri($"http://{port.Endpoint}") };
        using var client = new KubernetesClient(connection, TimeProvider.System);
        var fault = await Assert.ThrowsAsync<KubernetesException>(() => client.VersionAsync(Token));
        Assert.Equal(ErrorIds.ConnectionRefused, fault.ErrorId);
    }

    [Fact]
    public async Task A_login_page_is_not_taken_for_an_API_server()
    {
        await using var api = new ScriptedApi(_ => new ScriptedAnswer(200, "<html>") { ContentType = "text/html" });
        using var client = api.Connect();
        Assert.Equal(ErrorIds.KubernetesAnswerInvalid, (await Assert.ThrowsAsync<KubernetesException>(() => client.VersionAsync(Token))).ErrorId);
    }

    [Fact]
    public async Task A_refused_token_is_renewed_once()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "old");
            await using var api = new ScriptedApi(r => r.Headers["Authorization"] == "Bearer new"
                ? ScriptedAnswer.Recorded("version")
                : Status(401, "Unauthorized", "Unauthorized"));
            var source = new TokenFileCredential(file, Credential.None, TimeProvider.System);
            using var client = new KubernetesClient(api.Connection() with { Credentials = source }, TimeProvider.System);
            Assert.Equal(ErrorIds.ApiServerUnauthorized, (await Assert.ThrowsAsync<KubernetesException>(() => client.VersionAsync(Token))).ErrorId);
            File.WriteAllText(file, "new");
            Assert.Equal("v1.36.2", await client.VersionAsync(Token));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_conflict_names_the_object_and_the_remedy()
    {
        await using var api = new ScriptedApi(_ => ScriptedAnswer.Recorded("cordon-409"));
        using var client = api.Connect();
        var fault = await Assert.ThrowsAsync<KubernetesException>(() => Cordon.SetAsync(client, "kubew04", schedulable: false, Token));
        Assert.Equal(ErrorIds.KubernetesConflict, fault.ErrorId);
        Assert.Equal("nodes/kubew04", fault.Target);
        Assert.Contains("Operation cannot be fulfilled on nodes \"kubew04\"", fault.Message, StringComparison.Ordinal);
    }

    internal static ScriptedAnswer Page(string next, params string[] names) => new(
        200,
        $$"""{"kind":"PodList","metadata":{"resourceVersion":"10","continue":"{{next}}"},"items":[{{string.Join(',', names.Select(n => Pod(n, 1)))}}]}""");

    internal static string Pod(string name, int revision) =>
        $"{{\"metadata\":{{\"name\":\"{name}\",\"uid\":\"uid-{name}\",\"resourceVersion\":\"{revision}\"}},\"spec\":{{\"nodeName\":\"n\"}},\"status\":{{}}}}";

    internal static ScriptedAnswer Gone() => Status(410, "Expired", "The provided continue parameter is too old");

    internal static ScriptedAnswer Status(int code, string reason, string message) => new(
        code, $"{{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"{message}\",\"reason\":\"{reason}\",\"code\":{code}}}");
}
