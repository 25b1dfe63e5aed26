using System.Text.Json.Serialization;

namespace ClusterHeal.Kubernetes;

internal sealed record Pod : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    public PodSpec Spec { get; set; } = new();

    public PodStatus Status { get; set; } = new();

    [JsonIgnore]
    public bool IsMirror => Metadata.Annotations?.Mirror is not null;

    [JsonIgnore]
    public bool IsFinished => Status.Phase is "Succeeded" or "Failed";

    [JsonIgnore]
    public bool IsReady => Status.Condition("Ready")?.Status == "True";

    [JsonIgnore]
    public bool IsTerminating => Metadata.DeletionTimestamp is not null;
}

internal sealed record PodSpec
{
    public string NodeName { get; set; } = "";

    public IReadOnlyList<Container> Containers { get; set; } = [];

    public IReadOnlyList<Container>? InitContainers { get; set; }

    public IReadOnlyList<Volume>? Volumes { get; set; }

    public IReadOnlyDictionary<string, string>? NodeSelector { get; set; }

    public Affinity? Affinity { get; init; }

    public IReadOnlyList<Toleration>? Tolerations { get; set; }
}

internal sealed record Container
{
    public string Name { get; set; } = "";

    public string? RestartPolicy { get; init; }
}

internal sealed record Volume
{
    public string Name { get; set; } = "";

    public EmptyDirSource? EmptyDir { get; init; }
}

internal sealed record EmptyDirSource;

internal sealed record Affinity
{
    public NodeAffinity? NodeAffinity { get; init; }
}

internal sealed record NodeAffinity
{
    public NodeSelector? RequiredDuringSchedulingIgnoredDuringExecution { get; init; }
}

internal sealed record NodeSelector
{
    public IReadOnlyList<NodeSelectorTerm>? NodeSelectorTerms { get; set; }
}

internal sealed record NodeSelectorTerm
{
    public IReadOnlyList<SelectorRequirement>? MatchExpressions { get; set; }

    public IReadOnlyList<SelectorRequirement>? MatchFields { get; set; }
}

internal sealed record Toleration
{
    public string? Key { get; init; }

    public string? Operator { get; init; }

    public string? Value { get; init; }

    public string? Effect { get; init; }
}

internal sealed record PodStatus
{
    public string Phase { get; set; } = "";

    public string? Reason { get; init; }

    public string? PodIP { get; init; }

    public IReadOnlyList<Condition>? Conditions { get; set; }

    public IReadOnlyList<ContainerStatus>? ContainerStatuses { get; set; }

    public IReadOnlyList<ContainerStatus>? InitContainerStatuses { get; set; }

    public Condition? Condition(string type) => Conditions?.FirstOrDefault(c => c.Type == type);
}

internal sealed record ContainerStatus
{
    public string Name { get; set; } = "";

    public bool Ready { get; init; }

    public bool? Started { get; init; }

    public int RestartCount { get; init; }

    public ContainerState State { get; set; } = new();

    /// <summary>How its previous run ended.</summary>
    public ContainerState LastState { get; set; } = new();
}

internal sealed record ContainerState
{
    public ContainerWaiting? Waiting { get; init; }

    public ContainerRunning? Running { get; init; }

    public ContainerTerminated? Terminated { get; init; }
}

internal sealed record ContainerWaiting
{
    public string? Reason { get; init; }

    public string? Message { get; init; }
}

internal sealed record ContainerRunning;

internal sealed record ContainerTerminated
{
    public int ExitCode { get; init; }

    public int Signal { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}
