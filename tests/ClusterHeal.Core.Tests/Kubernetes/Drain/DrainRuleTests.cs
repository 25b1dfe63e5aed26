using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Drain;

/// <summary>Where replacements fit, and when etcd's quorum forbids a drain.</summary>
public sealed class DrainRuleTests
{
    [Theory]
    [InlineData(null, null, true)]
    [InlineData("key", "Exists", true)]
    [InlineData("key", "Equal", false)]
    [InlineData("other", "Exists", false)]
    public void A_taint_is_tolerated_by_key_operator_and_value(string? key, string? op, bool fits)
    {
        var taints = key is null ? null : new[] { new Taint { Key = "key", Value = "v", Effect = "NoSchedule" } };
        var pod = Pods.Make("a");
        pod = pod with { Spec = pod.Spec with { Tolerations = [new Toleration { Key = key, Operator = op, Value = "w" }] } };
        Assert.Equal(fits, ReplacementPlaces.Fits(pod, Pods.Node("n2", taints: taints)));
    }

    [Theory]
    [InlineData("disk", "In", "ssd", true)]
    [InlineData("disk", "NotIn", "ssd", false)]
    [InlineData("disk", "Exists", null, true)]
    [InlineData("gpu", "DoesNotExist", null, true)]
    [InlineData("size", "Gt", "4", true)]
    [InlineData("size", "Lt", "4", false)]
    public void Required_node_affinity_decides(string key, string op, string? value, bool fits)
    {
        var term = new NodeSelectorTerm { MatchExpressions = [new SelectorRequirement { Key = key, Operator = op, Values = value is null ? null : [value] }] };
        var pod = Pods.Make("a");
        pod = pod with
        {
            Spec = pod.Spec with
            {
                Affinity = new Affinity { NodeAffinity = new NodeAffinity { RequiredDuringSchedulingIgnoredDuringExecution = new NodeSelector { NodeSelectorTerms = [term] } } },
            },
        };
        Assert.Equal(fits, ReplacementPlaces.Fits(pod, Pods.Node("n2")));
    }

    [Fact]
    public void Nodes_that_are_cordoned_silent_or_drained_too_are_no_places()
    {
        var nodes = new[] { Pods.Node("n1"), Pods.Node("n2", cordoned: true), Pods.Node("n3", ready: false) };
        Assert.False(new ReplacementPlaces(nodes, new HashSet<string> { "n1" }).Exist(Pods.Make("a")));
        Assert.True(new ReplacementPlaces(nodes, new HashSet<string>()).Exist(Pods.Make("a")));
    }

    [Theory]
    [InlineData(3, 3, 1, false)]
    [InlineData(3, 3, 2, true)]
    [InlineData(3, 2, 1, true)] // one is sick elsewhere
    [InlineData(1, 1, 1, true)]
    [InlineData(5, 5, 2, false)]
    [InlineData(3, 3, 0, false)]
    public void Etcd_keeps_its_quorum(int members, int healthy, int leaving, bool risk)
    {
        var pods = Enumerable.Range(0, members).Select(i =>
        {
            var pod = Pods.Make($"etcd-{i}", ready: i < healthy);
            return pod with { Spec = pod.Spec with { NodeName = $"m{i}" } };
        }).ToArray();
        var nodes = Enumerable.Range(0, leaving).Select(i => $"m{i}").ToHashSet();
        Assert.Equal(risk, EtcdQuorum.Risk(EtcdQuorum.Voters(pods), nodes, []) is not null);
    }

    [Theory]
    [InlineData("m0", "https://10.0.0.9:2380")] // by its name
    [InlineData("infra0", "https://10.0.0.1:2380")] // by its address
    [InlineData("infra0", "https://M0:2380")] // by the node's name in its URL
    public void A_voter_that_runs_as_a_unit_is_found_on_its_node(string name, string peerUrl)
    {
        var node = Pods.Node("m0");
        node = node with { Status = node.Status with { Addresses = [new NodeAddress { Type = "InternalIP", Address = "10.0.0.1" }] } };
        var voters = EtcdQuorum.Voters([Member(name, peerUrl), Member("away", "https://127.0.0.1:2380")], [node, Pods.Node("worker")]);
        Assert.Equal(["m0", null], voters.Select(v => v.NodeName));
        Assert.Contains("2 are needed", EtcdQuorum.Risk(voters, new HashSet<string> { "m0" }, []), StringComparison.Ordinal);
        Assert.Null(EtcdQuorum.Risk(voters, new HashSet<string> { "worker" }, []));
    }

    [Theory]
    [InlineData(3, 1, 0, false)] // Two are left, whichever it carries.
    [InlineData(3, 2, 0, true)] // One may be left.
    [InlineData(3, 1, 1, true)] // One is sick, and it may carry one of the two others.
    [InlineData(1, 1, 0, true)]
    [InlineData(5, 2, 0, false)]
    [InlineData(1, 3, 1, true)] // What is lost already is not lost by this.
    public void A_voter_that_no_node_is_known_to_carry_may_be_on_any_that_may(int voters, int leaving, int sick, bool risk)
    {
        var unplaced = Enumerable.Range(0, voters).Select(i => new EtcdVoter($"e{i}", null, IsHealthy: i >= sick)).ToArray();
        var nodes = Enumerable.Range(0, leaving).Select(i => $"m{i}").ToHashSet();
        Assert.Equal(risk, EtcdQuorum.Risk(unplaced, nodes, [.. nodes]) is not null);
        Assert.Null(EtcdQuorum.Risk(unplaced, nodes, []));
    }

    [Fact]
    public void Learners_have_no_vote_and_sick_voters_do_not_count_as_left()
    {
        EtcdMember[] members =
        [
            Member("m0", "https://m0:2380"), Member("m1", "https://m1:2380") with { IsHealthy = false }, Member("m2", "https://m2:2380"),
            Member("m3", "https://m3:2380") with { IsLearner = true },
        ];
        var voters = EtcdQuorum.Voters(members, [.. members.Select(m => Pods.Node(m.Name))]);
        Assert.Equal(3, voters.Count);
        Assert.NotNull(EtcdQuorum.Risk(voters, new HashSet<string> { "m0" }, []));
        Assert.Null(EtcdQuorum.Risk(voters, new HashSet<string> { "m1" }, []));
        Assert.Null(EtcdQuorum.Risk(voters, new HashSet<string> { "m3" }, []));
    }

    [Theory]
    [InlineData("node-role.kubernetes.io/control-plane", false, "m0")] // As far as is known the cluster has no etcd that could be asked.
    [InlineData("node-role.kubernetes.io/control-plane", true, "m0")]
    [InlineData("node-role.kubernetes.io/etcd", true, "m0")]
    [InlineData("colour", true, "m0 w0")] // Where no node has a role, any of them may be it.
    [InlineData("colour", false, "")]
    public void A_node_that_may_carry_a_voter_is_told_by_its_role(string label, bool isKnownToExist, string expected)
    {
        var node = Pods.Node("m0");
        Node[] nodes = [node with { Metadata = node.Metadata with { Labels = new Dictionary<string, string> { [label] = "" } } }, Pods.Node("w0")];
        Assert.Equal(expected, string.Join(' ', nodes.Where(n => EtcdQuorum.MayCarry(n, nodes, isKnownToExist)).Select(n => n.Metadata.Name)));
    }

    private static EtcdMember Member(string name, string peerUrl) => new()
    {
        Id = "1", Name = name, PeerUrls = [peerUrl], ClientUrls = ["https://127.0.0.1:2379"], Endpoint = [], IsHealthy = true,
    };
}
