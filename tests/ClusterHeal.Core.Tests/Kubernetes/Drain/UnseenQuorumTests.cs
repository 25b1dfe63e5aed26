using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Drain;

/// <summary>The guard of etcd's quorum where nobody can count the voters: it closes.</summary>
public sealed class UnseenQuorumTests
{
    private const string EtcdPods = "labelSelector=component%3Detcd";

    private const string Nodes = """
        {"kind":"NodeList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[
          {"metadata":{"name":"m0","labels":{"node-role.kubernetes.io/control-plane":""}},"status":{"conditions":[{"type":"Ready","status":"True"}]}},
          {"metadata":{"name":"w0"},"status":{"conditions":[{"type":"Ready","status":"True"}]}}]}
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task If_etcd_does_not_answer_a_node_that_may_carry_a_voter_is_not_drained_unless_it_is_forced_and_agreed()
    {
        await using var api = new ScriptedApi(r => Answer(r.RawUrl!, mayReadPods: true));
        using var client = api.Connect();
        var fault = new ClusterHealException(ErrorIds.ConnectionRefused, FaultCategory.Connection, "m0:2379 refused the connection.");
        var sink = new RecordingSink { Answer = false };
        var drainer = new NodeDrainer(client, new NodeDrainOptions(), sink, _ => throw fault);

        await drainer.PlanAsync(["*"], null, Token);
        var plans = sink.All<NodeDrainPlan>().ToDictionary(p => p.NodeName);
        Assert.Contains("m0:2379 refused the connection", plans["m0"].QuorumRisk, StringComparison.Ordinal);
        Assert.Null(plans["w0"].QuorumRisk);

        await drainer.DrainAsync(["m*"], null, force: false, Token);
        Assert.Equal(ErrorIds.DrainWouldBreakQuorum, Assert.Single(sink.Faults).ErrorId);
        await drainer.DrainAsync(["m*"], null, force: true, Token);
        Assert.DoesNotContain(api.Requests, r => !r.StartsWith("GET", StringComparison.Ordinal));
    }

    /// <summary>Members that are units are no pods: that other nodes have pods of etcd says nothing about this one.</summary>
    [Fact]
    public async Task If_etcd_does_not_answer_pods_of_etcd_elsewhere_are_not_all_of_it()
    {
        const string PodElsewhere = """
            {"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"etcd-m9","namespace":"kube-system","uid":"1"},
              "spec":{"nodeName":"m9"},"status":{"conditions":[{"type":"Ready","status":"True"}]}}]}
            """;
        await using var api = new ScriptedApi(r =>
            r.RawUrl!.Contains(EtcdPods, StringComparison.Ordinal) ? new ScriptedAnswer(200, PodElsewhere) : Answer(r.RawUrl!, mayReadPods: true));
        using var client = api.Connect();
        var fault = new ClusterHealException(ErrorIds.ConnectionRefused, FaultCategory.Connection, "m0:2379 refused the connection.");
        var sink = new RecordingSink();
        await new NodeDrainer(client, new NodeDrainOptions(), sink, _ => throw fault).PlanAsync(["*"], null, Token);
        Assert.Equal([true, false], sink.All<NodeDrainPlan>().OrderBy(p => p.NodeName).Select(p => p.QuorumRisk is not null));
    }

    [Theory]
    [InlineData(1, true)] // It is all that there is, and it may be on m0.
    [InlineData(3, false)] // Two stay, wherever they are.
    public async Task If_voters_cannot_be_placed_on_nodes_the_worst_place_is_counted(int voters, bool isRefused)
    {
        await using var api = new ScriptedApi(r => Answer(r.RawUrl!, mayReadPods: true));
        using var client = api.Connect();
        var members = Enumerable.Range(0, voters).Select(i => new EtcdMember
        {
            Id = $"{i}", Name = $"infra{i}", PeerUrls = ["https://127.0.0.1:2380"], ClientUrls = [], Endpoint = [], IsStarted = true, IsHealthy = true,
        }).ToArray();
        var sink = new RecordingSink();
        await new NodeDrainer(client, new NodeDrainOptions(), sink, _ => Task.FromResult<IReadOnlyList<EtcdMember>>(members)).PlanAsync(["m*"], null, Token);
        var risk = Assert.Single(sink.All<NodeDrainPlan>()).QuorumRisk;
        if (isRefused) Assert.Contains("Which node carries infra0 (0) is not known", risk, StringComparison.Ordinal);
        else Assert.Null(risk);
    }

    [Theory]
    [InlineData(false, true)] // The right is missing: they may be there.
    [InlineData(true, false)] // There are none, as where the control plane is somebody else's.
    public async Task Without_a_way_to_etcd_its_pods_must_be_seen(bool mayReadPods, bool isRefused)
    {
        await using var api = new ScriptedApi(r => Answer(r.RawUrl!, mayReadPods));
        using var client = api.Connect();
        var sink = new RecordingSink();
        await new NodeDrainer(client, new NodeDrainOptions(), sink).PlanAsync(["*"], null, Token);
        var plans = sink.All<NodeDrainPlan>().OrderBy(p => p.NodeName).ToArray();
        Assert.Equal([isRefused, false], plans.Select(p => p.QuorumRisk is not null));
        // Where nothing is refused, a node that may carry a member goes with a word.
        Assert.Equal([!isRefused, false], plans.Select(p => p.Caveats.Any(caveat => caveat.Contains("no member of etcd is known", StringComparison.Ordinal))));
    }

    private static ScriptedAnswer Answer(string url, bool mayReadPods) => url switch
    {
        _ when url.Contains("/nodes", StringComparison.Ordinal) => new ScriptedAnswer(200, Nodes),
        _ when !mayReadPods && url.Contains(EtcdPods, StringComparison.Ordinal) => new ScriptedAnswer(
            403, """{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","message":"pods is forbidden","code":403}"""),
        _ => new ScriptedAnswer(200, """{"metadata":{"resourceVersion":"1"},"items":[]}"""),
    };
}
