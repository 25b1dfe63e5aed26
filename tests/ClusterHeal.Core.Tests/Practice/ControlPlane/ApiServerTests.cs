using System.Text.Json.Nodes;
using ClusterHeal.Practice.Clusters;

namespace ClusterHeal.Tests.Practice.ControlPlane;

/// <summary>
/// The practice API server beside the recorded answers of a real one. No controller runs: nothing changes but by the tests.
/// </summary>
public sealed class ApiServerTests(ApiServerTests.Server server) : IClassFixture<ApiServerTests.Server>
{
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const string Budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";

    private ApiProbe Api => server.Admin;

    public sealed class Server : IAsyncLifetime
    {
        public LocalControlPlane Plane { get; private set; } = null!;

        internal ApiProbe Admin { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var options = new LocalControlPlaneOptions { Controllers = false, Nodes = [] };
            Plane = await LocalControlPlane.StartAsync(options, TestContext.Current.CancellationToken);
            Admin = new ApiProbe(Plane);
            while ((await Admin.SendAsync("GET", "/api/v1/namespaces/default/services/kubernetes")).Code != 200) await Task.Delay(20);
        }

        public async ValueTask DisposeAsync()
        {
            Admin.Dispose();
            await Plane.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("/livez?verbose", "livez-verbose")]
    [InlineData("/readyz?verbose", "readyz-verbose")]
    public async Task Health_is_told_line_by_line_as_the_real_server_does(string path, string recorded)
    {
        var real = RecordedReply.Read(recorded);
        var ours = await Api.SendAsync("GET", path);
        Assert.Equal((real.Code, real.Text), (ours.Code, ours.Text));
    }

    [Fact]
    public async Task A_single_check_answers_alone_and_an_unknown_one_is_not_found()
    {
        Assert.Equal((200, "ok"), Plain(await Api.SendAsync("GET", "/livez/etcd")));
        Assert.Equal((404, "404 page not found\n"), Plain(await Api.SendAsync("GET", "/livez/nothing")));
        Assert.Equal((200, "ok"), Plain(await Api.SendAsync("GET", "/readyz")));
    }

    [Fact]
    public async Task Every_resource_is_discovered_as_on_the_real_server()
    {
        var real = RecordedReply.Read("api-v1-discovery").Json["resources"]!.AsArray().ToDictionary(each => (string)each!["name"]!);
        var ours = (await Api.SendAsync("GET", "/api/v1")).Json["resources"]!.AsArray();
        Assert.NotEmpty(ours);
        Assert.All(ours, each => AssertSame(real[(string)each!["name"]!], each));

        var realGroups = RecordedReply.Read("apis-discovery").Json["groups"]!.AsArray().ToDictionary(each => (string)each!["name"]!);
        var ourGroups = (await Api.SendAsync("GET", "/apis")).Json["groups"]!.AsArray();
        Assert.All(ourGroups, each => AssertSame(realGroups[(string)each!["name"]!], each));
    }

    [Fact]
    public async Task The_version_has_the_fields_of_the_real_one()
    {
        var real = RecordedReply.Read("version").Json.AsObject().Select(field => field.Key);
        Assert.Equal(real, (await Api.SendAsync("GET", "/version")).Json.AsObject().Select(field => field.Key));
    }

    [Fact]
    public async Task An_eviction_that_the_budget_allows_is_answered_as_by_the_real_server_and_counted()
    {
        await MakePodsAsync("allowed", 2);
        await MakeBudgetAsync("allowed", allowed: 1, healthy: 2, desired: 1);

        AssertSame(RecordedReply.Read("eviction-201-dryrun"), await EvictAsync("allowed-0", "?dryRun=All"));
        Assert.Equal(1, (int)(await Api.SendAsync("GET", $"{Budgets}/allowed")).Json["status"]!["disruptionsAllowed"]!);
        AssertSame(RecordedReply.Read("eviction-201"), await EvictAsync("allowed-0"));

        var budget = (await Api.SendAsync("GET", $"{Budgets}/allowed")).Json["status"]!;
        Assert.Equal(0, (int)budget["disruptionsAllowed"]!);
        Assert.NotNull(budget["disruptedPods"]!["allowed-0"]);
        var pod = (await Api.SendAsync("GET", $"{Pods}/allowed-0")).Json;
        Assert.NotNull(pod["metadata"]!["deletionTimestamp"]);
        Assert.Contains(pod["status"]!["conditions"]!.AsArray(), each => (string?)each!["reason"] == "EvictionByEvictionAPI");
        AssertSame(RecordedReply.Read("eviction-201"), await EvictAsync("allowed-0")); // It is going already.
    }

    [Fact]
    public async Task An_eviction_that_the_budget_forbids_names_the_budget()
    {
        await MakePodsAsync("nginx", 1);
        await MakeBudgetAsync("nginx", allowed: 0, healthy: 6, desired: 6);
        AssertSame(RecordedReply.Read("eviction-429-budget"), await EvictAsync("nginx-0"));
    }

    [Fact]
    public async Task An_eviction_under_a_budget_that_nobody_has_looked_at_is_put_off()
    {
        await MakePodsAsync("unseen", 1);
        await MakeBudgetAsync("unseen", allowed: 1, healthy: 1, desired: 0, observed: 0);
        AssertSame(RecordedReply.Read("eviction-429-not-observed").With("nginx", "unseen"), await EvictAsync("unseen-0"));
    }

    [Fact]
    public async Task An_eviction_under_two_budgets_is_an_error_of_the_server()
    {
        await MakePodsAsync("twice", 1);
        await MakeBudgetAsync("twice", allowed: 1, healthy: 1, desired: 0);
        await MakeBudgetAsync("twice-more", allowed: 1, healthy: 1, desired: 0, app: "twice");
        AssertSame(RecordedReply.Read("eviction-500-two-budgets"), await EvictAsync("twice-0"));
    }

    [Fact]
    public async Task An_eviction_of_nobody_says_whether_pod_or_namespace_is_missing()
    {
        AssertSame(RecordedReply.Read("eviction-404"), await EvictAsync("ghost"));
        await MakePodsAsync("namesake", 1);
        var options = new JsonObject { ["preconditions"] = new JsonObject { ["uid"] = "other" } };
        var body = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "namesake-0" }, ["deleteOptions"] = options };
        var refused = await Api.SendAsync("POST", $"{Pods}/namesake-0/eviction", body);
        Assert.Equal(409, refused.Code);
        Assert.Contains("the UID in the precondition (other) does not match", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_patch_with_an_old_revision_conflicts_and_one_without_does_not()
    {
        await Api.SendAsync("POST", "/api/v1/nodes", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "kubew04" } });
        var cordon = new JsonObject { ["spec"] = new JsonObject { ["unschedulable"] = true } };
        const string Merge = "application/merge-patch+json";
        var first = await Api.SendAsync("PATCH", "/api/v1/nodes/kubew04", cordon, Merge);
        var again = await Api.SendAsync("PATCH", "/api/v1/nodes/kubew04", cordon, Merge);
        Assert.Equal((200, (string)first.Json["metadata"]!["resourceVersion"]!),
            (again.Code, (string)again.Json["metadata"]!["resourceVersion"]!));

        cordon["metadata"] = new JsonObject { ["resourceVersion"] = "1" };
        AssertSame(RecordedReply.Read("cordon-409"), await Api.SendAsync("PATCH", "/api/v1/nodes/kubew04", cordon, Merge));
        Assert.Equal(415, (await Api.SendAsync("PATCH", "/api/v1/nodes/kubew04", cordon)).Code);
        var test = new JsonArray(new JsonObject { ["op"] = "test", ["path"] = "/spec/unschedulable", ["value"] = false });
        var failed = await Api.SendAsync("PATCH", "/api/v1/nodes/kubew04", test, "application/json-patch+json");
        Assert.Equal((422, "the server rejected our request due to an error in our request"),
            (failed.Code, (string)failed.Json["message"]!));
    }

    [Fact]
    public async Task Lists_come_in_pages_and_are_narrowed_by_selectors()
    {
        await MakePodsAsync("page", 5);
        var names = new List<string>();
        string? token = null;
        do
        {
            var page = (await Api.SendAsync("GET", $"{Pods}?limit=2&labelSelector=app%3Dpage&continue={token}")).Json;
            names.AddRange(page["items"]!.AsArray().Select(each => (string)each!["metadata"]!["name"]!));
            token = (string?)page["metadata"]!["continue"];
        }
        while (token is not null);
        Assert.Equal(["page-0", "page-1", "page-2", "page-3", "page-4"], names);

        var one = (await Api.SendAsync("GET", $"{Pods}?fieldSelector=metadata.name%3Dpage-3,spec.nodeName%3Dnowhere")).Json;
        Assert.Single(one["items"]!.AsArray());
        Assert.Equal(400, (await Api.SendAsync("GET", $"{Pods}?fieldSelector=spec.color%3Dred")).Code);
        var future = await Api.SendAsync("GET", $"{Pods}?resourceVersion=99999999");
        Assert.Equal((504, "1"), (future.Code, future.RetryAfter));
    }

    [Fact]
    public async Task A_watch_tells_what_there_is_then_what_happens_and_knows_no_future()
    {
        await MakePodsAsync("watched", 1);
        var events = Api.WatchAsync($"{Pods}?watch=true&labelSelector=app%3Dwatched&allowWatchBookmarks=true&timeoutSeconds=10")
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await using (events)
        {
            Assert.True(await events.MoveNextAsync());
            Assert.Equal("ADDED", (string)events.Current["type"]!);
            Assert.True(await events.MoveNextAsync());
            Assert.Equal("true", (string)events.Current["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!);
            await Api.SendAsync("DELETE", $"{Pods}/watched-0?gracePeriodSeconds=0");
            Assert.True(await events.MoveNextAsync());
            Assert.Equal("DELETED", (string)events.Current["type"]!);
        }

        // A revision of the future: silence, and a plain end.
        await foreach (var change in Api.WatchAsync($"{Pods}?watch=true&resourceVersion=999999&timeoutSeconds=1"))
        {
            Assert.Fail(change.ToJsonString());
        }
    }

    [Fact]
    public async Task A_pod_without_a_node_goes_at_once_and_one_with_a_finalizer_stays()
    {
        var pod = Pod("held", "held");
        pod["metadata"]!["finalizers"] = new JsonArray("example.com/hold");
        await Api.SendAsync("POST", Pods, pod);
        var deleted = (await Api.SendAsync("DELETE", $"{Pods}/held")).Json;
        Assert.NotNull(deleted["metadata"]!["deletionTimestamp"]);
        Assert.Equal(200, (await Api.SendAsync("GET", $"{Pods}/held")).Code);
        var release = new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } };
        await Api.SendAsync("PATCH", $"{Pods}/held", release, "application/merge-patch+json");
        Assert.Equal(404, (await Api.SendAsync("GET", $"{Pods}/held")).Code);
    }

    [Fact]
    public async Task Strangers_are_told_that_they_are_unknown_or_what_they_may_not()
    {
        using var nobody = new ApiProbe(server.Plane, anonymous: true);
        Assert.Equal(200, (await nobody.SendAsync("GET", "/version")).Code);
        Assert.Equal(200, (await nobody.SendAsync("GET", "/livez")).Code);
        var forbidden = await nobody.SendAsync("GET", "/api/v1/nodes");
        const string Words = "nodes is forbidden: User \"system:anonymous\" cannot list resource "
            + "\"nodes\" in API group \"\" at the cluster scope";
        Assert.Equal((403, Words), (forbidden.Code, (string)forbidden.Json["message"]!));

        using var wrong = new ApiProbe(server.Plane, anonymous: true) { Token = "wrong" };
        var unknown = await wrong.SendAsync("GET", "/api/v1/nodes");
        Assert.Equal((401, "Unauthorized"), (unknown.Code, (string)unknown.Json["message"]!));
        using var tester = new ApiProbe(server.Plane, anonymous: true) { Token = server.Plane.Token };
        Assert.Equal(200, (await tester.SendAsync("GET", "/api/v1")).Code);
        Assert.Equal(403, (await tester.SendAsync("GET", $"{Pods}/x")).Code);
    }

    [Fact]
    public async Task Refusals_to_create_are_those_of_the_real_server()
    {
        var unknownNamespace = await Api.SendAsync("POST", "/api/v1/namespaces/nowhere/pods", Pod("a", "a"));
        Assert.Equal((404, "namespaces \"nowhere\" not found"), (unknownNamespace.Code, (string)unknownNamespace.Json["message"]!));
        await MakePodsAsync("again", 1);
        var exists = await Api.SendAsync("POST", Pods, Pod("again-0", "again"));
        Assert.Equal((409, "pods \"again-0\" already exists"), (exists.Code, (string)exists.Json["message"]!));
        var empty = Pod("empty", "empty");
        empty["spec"]!["containers"] = new JsonArray();
        Assert.Equal("Pod \"empty\" is invalid: spec.containers: Required value",
            (string)(await Api.SendAsync("POST", Pods, empty)).Json["message"]!);
    }

    private static (int, string) Plain(ApiReply reply) => (reply.Code, reply.Text);

    private static void AssertSame(JsonNode? real, JsonNode? ours) =>
        Assert.True(JsonNode.DeepEquals(real, ours), $"real: {real?.ToJsonString()}\nours: {ours?.ToJsonString()}");

    private static void AssertSame(RecordedReply real, ApiReply ours)
    {
        Assert.Equal((real.Code, real.RetryAfter), (ours.Code, ours.RetryAfter));
        AssertSame(real.Json, ours.Json);
    }

    private static JsonObject Pod(string name, string app) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["app"] = app } },
        ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "main", ["image"] = "busy:1" }) },
    };

    private Task<ApiReply> EvictAsync(string name, string query = "") =>
        Api.SendAsync("POST", $"{Pods}/{name}/eviction{query}", new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } });

    /// <summary>Running, ready pods on a node that does not exist: nobody touches them.</summary>
    private async Task MakePodsAsync(string app, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var pod = Pod($"{app}-{i}", app);
            pod["spec"]!["nodeName"] = "nowhere";
            Assert.Equal(201, (await Api.SendAsync("POST", Pods, pod)).Code);
            var status = new JsonObject
            {
                ["status"] = new JsonObject
                {
                    ["phase"] = "Running", ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }),
                },
            };
            await Api.SendAsync("PATCH", $"{Pods}/{app}-{i}/status", status, "application/merge-patch+json");
        }
    }

    private async Task MakeBudgetAsync(string name, int allowed, int healthy, int desired, int observed = 1, string? app = null)
    {
        var selector = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = app ?? name } };
        await Api.SendAsync("POST", Budgets, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["minAvailable"] = desired, ["selector"] = selector },
        });
        var status = new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["disruptionsAllowed"] = allowed, ["currentHealthy"] = healthy, ["desiredHealthy"] = desired, ["expectedPods"] = healthy,
                ["observedGeneration"] = observed,
            },
        };
        await Api.SendAsync("PATCH", $"{Budgets}/{name}/status", status, "application/merge-patch+json");
    }
}
