using System.Net;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Client;

public sealed class ResourceCacheTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watch_that_ends_is_taken_up_at_the_last_bookmark()
    {
        var watches = 0;
        await using var api = new ScriptedApi(r => IsWatch(r)
            ? ++watches == 1
                ? new ScriptedAnswer(200, Event("ADDED", "b", 11), """{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"15"}}}""" + "\n")
                : Hold(Event("DELETED", "a", 16))
            : List(r, 15, "a"));
        using var client = api.Connect();
        await using var cache = await ResourceCache<Pod>.StartAsync(client, Resources.Pods, ResourceQuery.All, Token);
        await UntilAsync(cache, "b");
        Assert.Contains(api.Requests, r => r.Contains("watch=true", StringComparison.Ordinal) && r.Contains("resourceVersion=15", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_expired_revision_in_the_stream_makes_it_list_again()
    {
        var (lists, watches) = (0, 0);
        await using var api = new ScriptedApi(r => IsWatch(r)
            ? ++watches == 1
                ? new ScriptedAnswer(200, """{"type":"ERROR","object":{"kind":"Status","status":"Failure","message":"too old resource version: 2797 (2965)","reason":"Expired","code":410}}""" + "\n")
                : Hold()
            : ++lists == 1 ? List(r, 10, "a") : List(r, 20, "c"));
        using var client = api.Connect();
        await using var cache = await ResourceCache<Pod>.StartAsync(client, Resources.Pods, ResourceQuery.All, Token);
        await UntilAsync(cache, "c");
    }

    [Fact]
    public async Task A_server_whose_revisions_went_backwards_is_listed_again()
    {
        var watches = 0;
        await using var api = new ScriptedApi(r => IsWatch(r)
            ? ++watches == 1 ? new ScriptedAnswer(200, Event("ADDED", "newer", 500)) : Hold()
            : watches == 0 ? List(r, 490, "victim-gone") : List(r, 100, "victim"));
        using var client = api.Connect();
        await using var cache = await ResourceCache<Pod>.StartAsync(client, Resources.Pods, ResourceQuery.All, Token);
        await UntilAsync(cache, "victim");
    }

    [Fact]
    public async Task A_server_that_fails_for_a_while_is_an_outage_that_ends()
    {
        var (watches, failures) = (0, 0);
        await using var api = new ScriptedApi(r => IsWatch(r)
            ? ++watches == 1 ? new ScriptedAnswer(200, Event("ADDED", "b", 11)) : Hold(Event("ADDED", "c", 12))
            : watches == 1 && ++failures < 3 ? new ScriptedAnswer(500, "broken") : List(r, 11, "a"));
        using var client = api.Connect();
        await using var cache = await ResourceCache<Pod>.StartAsync(client, Resources.Pods, ResourceQuery.All, Token);
        await UntilAsync(cache, "a", "b", "c");
        Assert.Null(cache.Outage);
        Assert.Equal(3, failures);
    }

    [Fact]
    public async Task A_line_that_comes_in_pieces_is_one_event()
    {
        var line = Event("ADDED", "b", 11);
        await using var api = new ScriptedApi(r => IsWatch(r)
            ? new ScriptedAnswer(200, line[..20], line[20..50], line[50..], " ") { Delay = TimeSpan.FromMilliseconds(50) }
            : List(r, 10, "a"));
        using var client = api.Connect();
        var events = new List<WatchEvent<Pod>>();
        await foreach (var e in client.Watches.ReadAsync(Resources.Pods, ResourceQuery.All, "10", Token)) events.Add(e);
        Assert.Equal("b", Assert.Single(events).Object.Metadata.Name);
    }

    private static bool IsWatch(HttpListenerRequest request) => request.RawUrl!.Contains("watch=true", StringComparison.Ordinal);

    private static ScriptedAnswer List(HttpListenerRequest request, int revision, params string[] names) => new(
        200,
        $"{{\"metadata\":{{\"resourceVersion\":\"{revision}\"}},\"items\":[{(request.RawUrl!.Contains("limit=1&", StringComparison.Ordinal) ? "" : string.Join(',', names.Select(n => KubernetesClientTests.Pod(n, 1))))}]}}");

    private static string Event(string type, string name, int revision) =>
        $"{{\"type\":\"{type}\",\"object\":{KubernetesClientTests.Pod(name, revision)}}}\n";

    /// <summary>Stays open as a watch does.</summary>
    private static ScriptedAnswer Hold(string first = "") => new(200, [first, .. Enumerable.Repeat("\n", 40)]) { Delay = TimeSpan.FromMilliseconds(250) };

    private static async Task UntilAsync(ResourceCache<Pod> cache, params string[] names)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            var change = cache.NextChange;
            if (cache.Items.Select(p => p.Metadata.Name).Order().SequenceEqual(names)) return;
            await change.WaitAsync(limit.Token);
        }
    }
}
