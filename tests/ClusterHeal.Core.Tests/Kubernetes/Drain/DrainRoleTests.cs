using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using ClusterHeal.Kubernetes;
using ClusterHeal.Tests.Kubernetes.Client;

namespace ClusterHeal.Tests.Kubernetes.Drain;

/// <summary>Drains by users who may do less than all, and of pods that are ending already.</summary>
public sealed partial class DrainRoleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_the_right_to_watch_pods_a_drain_ends()
    {
        await using var api = new Cluster(mayNot: r => r.Contains("watch=true", StringComparison.Ordinal));
        await AssertDrainedAsync(api, "w0");
    }

    /// <summary>As the role of kured: nodes get and patch, pods get and list, evictions.</summary>
    [Fact]
    public async Task Without_the_right_to_list_nodes_one_that_is_named_is_drained()
    {
        await using var api = new Cluster(mayNot: r => NodeList().IsMatch(r) || r.Contains("daemonsets", StringComparison.Ordinal));
        var result = await AssertDrainedAsync(api, "w0");
        Assert.Equal("w0", result.NodeName);
    }

    /// <summary>Then the server decides on each eviction.</summary>
    [Fact]
    public async Task Without_the_right_to_list_budgets_the_plan_says_so_and_the_drain_ends()
    {
        await using var api = new Cluster(mayNot: r => r.Contains("poddisruptionbudgets", StringComparison.Ordinal));
        var sink = new RecordingSink();
        using (var client = api.Connect()) await new NodeDrainer(client, new NodeDrainOptions { DeleteUnmanagedPod = true }, sink).PlanAsync(["w0"], null, Token);
        Assert.Contains(
            Assert.Single(sink.All<NodeDrainPlan>()).Caveats,
            caveat => caveat == "Budgets may not be read, so the plan cannot say what they block: the role has not that right");
        await AssertDrainedAsync(api, "w0");
    }

    [Fact]
    public async Task A_name_in_capitals_means_the_same_node()
    {
        await using var api = new Cluster();
        await AssertDrainedAsync(api, "W0");
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(60, false)]
    [InlineData(null, false)]
    public async Task A_shorter_grace_period_is_asked_for_pods_that_are_ending(int? gracePeriod, bool isAsked)
    {
        await using var api = new Cluster(graceLeft: 30);
        var sink = new RecordingSink();
        using var client = api.Connect();
        var options = new NodeDrainOptions { GracePeriodSec = gracePeriod, DeleteUnmanagedPod = true, Timeout = TimeSpan.FromSeconds(3) };
        await new NodeDrainer(client, options, sink).DrainAsync(["w0"], null, force: false, Token);
        Assert.Equal(isAsked, api.Requests.Any(r => r.EndsWith("/eviction", StringComparison.Ordinal)));
        Assert.Equal(isAsked, Assert.Single(sink.All<NodeDrainResult>()).Succeeded);
    }

    [Fact]
    public async Task A_pod_that_is_ending_is_told_since_when_and_counted_where_it_is_not_waited_for()
    {
        await using var api = new Cluster(graceLeft: 30, deletedAt: "2026-01-01T00:00:30Z");
        var sink = new RecordingSink();
        using var client = api.Connect();
        var options = new NodeDrainOptions { DeleteUnmanagedPod = true, SkipWaitForDelete = TimeSpan.FromSeconds(5) };
        await new NodeDrainer(client, options, sink).PlanAsync(["w0"], null, Token);
        var pod = Assert.Single(Assert.Single(sink.All<NodeDrainPlan>()).Pods);
        Assert.Contains("since 2026-01-01 00:00:00Z", pod.Reasons[0].Message, StringComparison.Ordinal);
        await new NodeDrainer(client, options, sink).DrainAsync(["w0"], null, force: false, Token);
        Assert.Equal((true, 1), sink.All<NodeDrainResult>().Select(r => (r.Succeeded, r.Skipped)).Single());
    }

    private static async Task<NodeDrainResult> AssertDrainedAsync(Cluster api, string name)
    {
        var sink = new RecordingSink();
        using var client = api.Connect();
        var options = new NodeDrainOptions { DeleteUnmanagedPod = true, Timeout = TimeSpan.FromMinutes(1) };
        await new NodeDrainer(client, options, sink).DrainAsync([name], null, force: false, Token);
        Assert.Empty(sink.Faults);
        var result = Assert.Single(sink.All<NodeDrainResult>());
        Assert.Equal((true, 1), (result.Succeeded, result.Removed));
        return result;
    }

    [GeneratedRegex(@"/api/v1/nodes(\?|$)")]
    private static partial Regex NodeList();

    /// <summary>One node with one pod, which is gone a moment after its eviction.</summary>
    private sealed class Cluster : IAsyncDisposable
    {
        private const string Node = """{"metadata":{"name":"w0"},"status":{"conditions":[{"type":"Ready","status":"True"}]}}""";
        private readonly ScriptedApi _api;
        private readonly string _pod;
        private int _revision = 10;
        private bool _gone;

        public Cluster(Func<string, bool>? mayNot = null, int? graceLeft = null, string? deletedAt = null)
        {
            var deletion = graceLeft is null
                ? ""
                : $""","deletionGracePeriodSeconds":{graceLeft},"deletionTimestamp":"{deletedAt ?? $"{DateTime.UtcNow.AddSeconds(graceLeft.Value):O}"}" """;
            _pod = $$"""
                {"metadata":{"name":"web","namespace":"default","uid":"u1","resourceVersion":"1"{{deletion}} },
                "spec":{"nodeName":"w0","containers":[{"name":"web"}]},"status":{"phase":"Running"} }
                """.ReplaceLineEndings("");
            _api = new ScriptedApi(request => mayNot?.Invoke(request.RawUrl!) == true
                ? KubernetesClientTests.Status(403, "Forbidden", "the role has not that right")
                : Answer(request));
        }

        public ConcurrentQueue<string> Requests => _api.Requests;

        public KubernetesClient Connect() => _api.Connect();

        public ValueTask DisposeAsync() => _api.DisposeAsync();

        private ScriptedAnswer Answer(HttpListenerRequest request)
        {
            var url = request.RawUrl!;
            if (url.EndsWith("/eviction", StringComparison.Ordinal))
            {
                _gone = true;
                Interlocked.Increment(ref _revision);
                return ScriptedAnswer.Recorded("eviction-201");
            }

            if (url.Contains("/nodes/", StringComparison.Ordinal))
            {
                return url.EndsWith("/w0", StringComparison.Ordinal) ? new ScriptedAnswer(200, Node) : KubernetesClientTests.Status(404, "NotFound", "no");
            }

            if (url.Contains("watch=true", StringComparison.Ordinal)) return Watch(url);
            var items = url switch
            {
                _ when url.Contains("/nodes", StringComparison.Ordinal) => Node,
                _ when url.Contains("/pods", StringComparison.Ordinal) && !url.Contains("component", StringComparison.Ordinal) && !_gone => _pod,
                _ => "",
            };
            return new ScriptedAnswer(200, $$"""{"metadata":{"resourceVersion":"{{_revision}}"},"items":[{{items}}]}""");
        }

        private ScriptedAnswer Watch(string url)
        {
            IEnumerable<string> Lines()
            {
                for (var left = 40; left > 0 && !_gone; left--) yield return "\n";
                if (_gone && url.Contains("/pods", StringComparison.Ordinal)) yield return $$"""{"type":"DELETED","object":{{_pod}}}""" + "\n";
            }

            return new ScriptedAnswer(200) { Delay = TimeSpan.FromMilliseconds(100), Lines = Lines() };
        }
    }
}
