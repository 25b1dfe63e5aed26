using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Nodes;

public sealed class NodeOperationsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Recorded_nodes_are_reported_with_leases_and_pods()
    {
        await using var api = Api();
        using var client = api.Connect();
        var sink = new RecordingSink();
        await new NodeOperations(client, sink).ReportAsync(["kubew0*"], null, Token);
        Assert.Equal(["kubew03", "kubew04", "kubew05"], sink.All<NodeStatus>().Select(n => n.NodeName));
        Assert.All(sink.All<NodeStatus>(), n => Assert.True(n is { Status: "Ready", PodCapacity: > 0, PodCount: not null, LeaseAge: not null }));
        Assert.True(sink.All<NodeStatus>().Single(n => n.NodeName == "kubew04").PodCount > 0);
    }

    [Fact]
    public async Task A_name_without_a_node_is_an_error_and_the_others_are_reported()
    {
        await using var api = Api();
        using var client = api.Connect();
        var sink = new RecordingSink();
        await new NodeOperations(client, sink).ReportAsync(["kubew03", "nobody"], null, Token);
        Assert.Single(sink.All<NodeStatus>());
        Assert.Equal("nobody", Assert.Single(sink.Faults).Target);
    }

    [Fact]
    public async Task A_cordon_is_asked_about_with_the_clusters_name_and_not_done_after_a_no()
    {
        await using var api = Api();
        using var client = api.Connect();
        var sink = new RecordingSink { Answer = false };
        await new NodeOperations(client, sink).SetSchedulableAsync(["kubew0*"], null, schedulable: false, passThru: true, Token);
        Assert.EndsWith(": node 'kubew03' in cluster 'scripted'", sink.Questions[0], StringComparison.Ordinal);
        Assert.DoesNotContain(api.Requests, r => r.StartsWith("PATCH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_that_is_schedulable_already_is_not_touched()
    {
        await using var api = Api();
        using var client = api.Connect();
        var sink = new RecordingSink();
        await new NodeOperations(client, sink).SetSchedulableAsync(["kubew0*"], null, schedulable: true, passThru: true, Token);
        Assert.Empty(sink.Questions);
        Assert.Equal(3, sink.All<NodeStatus>().Count());
    }

    private static ScriptedApi Api() => new(r => ScriptedAnswer.Recorded(
        r.HttpMethod == "PATCH" ? "cordon-200"
        : r.RawUrl!.Contains("/leases", StringComparison.Ordinal) ? "leases-list"
        : r.RawUrl.Contains("/pods", StringComparison.Ordinal) ? "pods-on-node" : "nodes-list"));
}
