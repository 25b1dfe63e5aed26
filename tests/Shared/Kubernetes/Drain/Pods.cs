using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Drain;

/// <summary>Makes pods, budgets and nodes as tests need them.</summary>
internal static class Pods
{
    public static DateTimeOffset Now { get; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static Pod Make(string name, string? owner = "ReplicaSet", bool ready = true, string phase = "Running", string app = "web") => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name,
            Namespace = "default",
            Uid = "uid-" + name,
            Labels = new Dictionary<string, string> { ["app"] = app },
            OwnerReferences = owner is null ? null : [new OwnerReference { ApiVersion = "apps/v1", Kind = owner, Name = app, Uid = "uid-" + app, Controller = true }],
        },
        Spec = new PodSpec { NodeName = "n1", Containers = [new Container { Name = "c" }] },
        Status = new PodStatus { Phase = phase, Conditions = [new Condition { Type = "Ready", Status = ready ? "True" : "False" }] },
    };

    public static Pod WithEmptyDir(this Pod pod) =>
        pod with { Spec = pod.Spec with { Volumes = [new Volume { Name = "scratch", EmptyDir = new EmptyDirSource() }] } };

    public static Pod Deleted(this Pod pod, TimeSpan ago) => pod with { Metadata = pod.Metadata with { DeletionTimestamp = Now - ago } };

    public static PodDisruptionBudget Budget(int healthy, int desired, int expected, string app = "web", string? policy = null) => new()
    {
        Metadata = new ObjectMeta { Name = app, Namespace = "default", Uid = "uid-pdb-" + app, Generation = 1 },
        Spec = new BudgetSpec
        {
            MinAvailable = new IntOrPercent(desired, false),
            Selector = new LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = app } },
            UnhealthyPodEvictionPolicy = policy,
        },
        Status = new BudgetStatus
        {
            ObservedGeneration = 1,
            CurrentHealthy = healthy,
            DesiredHealthy = desired,
            ExpectedPods = expected,
            DisruptionsAllowed = expected > 0 ? Math.Max(0, healthy - desired) : 0,
        },
    };

    public static Node Node(string name, bool ready = true, bool cordoned = false, Taint[]? taints = null) => new()
    {
        Metadata = new ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["disk"] = "ssd", ["size"] = "8" } },
        Spec = new NodeSpec { Unschedulable = cordoned, Taints = taints },
        Status = new NodeState { Conditions = [new Condition { Type = "Ready", Status = ready ? "True" : "Unknown" }] },
    };
}
