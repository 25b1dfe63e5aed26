using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Drain;

public sealed class DrainFilterTests
{
    [Fact]
    public void A_managed_pod_is_evicted_and_needs_no_reason()
    {
        var decision = Decide(Pods.Make("a"));
        Assert.Equal(PodDrainAction.Evict, decision.Action);
        Assert.Empty(decision.Reasons);
        Assert.Equal("ReplicaSet/web", decision.Workload);
    }

    [Theory]
    [InlineData(false, PodDrainAction.Refuse)]
    [InlineData(true, PodDrainAction.Skip)]
    public void A_pod_of_a_DaemonSet_refuses_or_stays_and_never_leaves(bool ignore, PodDrainAction action)
    {
        var decision = Decide(Pods.Make("a", owner: "DaemonSet"), new NodeDrainOptions { IgnoreDaemonSet = ignore });
        Assert.Equal(action, decision.Action);
        Assert.Equal("IgnoreDaemonSet", Assert.Single(decision.Reasons).Override);
    }

    [Theory]
    [InlineData(false, PodDrainAction.Refuse)]
    [InlineData(true, PodDrainAction.Evict)]
    public void A_pod_of_a_DaemonSet_that_is_gone_leaves_when_unmanaged_pods_may(bool force, PodDrainAction action)
    {
        var options = new NodeDrainOptions { IgnoreDaemonSet = true, DeleteUnmanagedPod = force };
        Assert.Equal(action, Decide(Pods.Make("a", owner: "DaemonSet"), options, daemonSetExists: false).Action);
    }

    [Fact]
    public void A_mirror_pod_stays_whatever_else_it_is()
    {
        var pod = Pods.Make("a", owner: null).WithEmptyDir();
        pod = pod with { Metadata = pod.Metadata with { Annotations = new KeptAnnotations { Mirror = "hash" } } };
        Assert.Equal(PodDrainAction.Skip, Decide(pod).Action);
    }

    [Theory]
    [InlineData(false, false, PodDrainAction.Refuse)]
    [InlineData(true, false, PodDrainAction.Refuse)]
    [InlineData(false, true, PodDrainAction.Refuse)]
    [InlineData(true, true, PodDrainAction.Evict)]
    public void All_reasons_of_an_unmanaged_pod_with_local_data_are_kept(bool data, bool unmanaged, PodDrainAction action)
    {
        var options = new NodeDrainOptions { DeleteEmptyDirData = data, DeleteUnmanagedPod = unmanaged };
        var decision = Decide(Pods.Make("a", owner: null).WithEmptyDir(), options);
        Assert.Equal(action, decision.Action);
        Assert.Equal([PodDrainReasonKind.LocalStorage, PodDrainReasonKind.Unmanaged], decision.Reasons.Select(r => r.Kind));
    }

    [Theory]
    [InlineData("Succeeded")]
    [InlineData("Failed")]
    public void A_pod_that_has_ended_leaves_whatever_it_is(string phase)
    {
        Assert.Equal(PodDrainAction.Evict, Decide(Pods.Make("a", owner: null, phase: phase).WithEmptyDir()).Action);
        Assert.Equal(PodDrainAction.Evict, Decide(Pods.Make("a", owner: "DaemonSet", phase: phase)).Action);
    }

    [Theory]
    [InlineData(null, PodDrainAction.Evict)]
    [InlineData(30, PodDrainAction.Skip)]
    [InlineData(120, PodDrainAction.Evict)]
    public void A_pod_that_ends_for_too_long_is_not_waited_for_on_request(int? limit, PodDrainAction action)
    {
        var options = new NodeDrainOptions { SkipWaitForDelete = limit is { } s ? TimeSpan.FromSeconds(s) : null };
        Assert.Equal(action, Decide(Pods.Make("a").Deleted(TimeSpan.FromSeconds(60)), options).Action);
    }

    [Fact]
    public void What_will_hold_a_pod_after_its_eviction_is_said()
    {
        var pod = Pods.Make("a");
        pod = pod with { Metadata = pod.Metadata with { Finalizers = ["example.com/hold"] } };
        var decision = Decide(pod, nodeIsSilent: true);
        Assert.Equal([PodDrainReasonKind.Finalizers, PodDrainReasonKind.SilentKubelet], decision.Reasons.Select(r => r.Kind));
        Assert.Contains("example.com/hold", decision.Reasons[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_eviction_pods_are_deleted() =>
        Assert.Equal(PodDrainAction.Delete, Decide(Pods.Make("a"), new NodeDrainOptions { DisableEviction = true }).Action);

    private static PodDrainDecision Decide(Pod pod, NodeDrainOptions? options = null, bool daemonSetExists = true, bool nodeIsSilent = false) =>
        new DrainFilter(options ?? new NodeDrainOptions(), (_, _) => daemonSetExists, nodeIsSilent, Pods.Now).Decide(pod);
}
