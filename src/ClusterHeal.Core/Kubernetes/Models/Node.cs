using System.Text.Json.Serialization;

namespace ClusterHeal.Kubernetes;

internal sealed record Node : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    public NodeSpec Spec { get; set; } = new();

    public NodeState Status { get; set; } = new();

    /// <summary>The condition Ready: True, False, or Unknown if the kubelet is silent.</summary>
    [JsonIgnore]
    public Condition? Ready => Status.Conditions?.FirstOrDefault(c => c.Type == "Ready");

    [JsonIgnore]
    public bool IsReady => Ready?.Status == "True";

    /// <summary>True if the controller manager has lost contact with the kubelet.</summary>
    [JsonIgnore]
    public bool IsSilent => Ready?.Status == "Unknown";
}

internal sealed record NodeSpec
{
    public bool Unschedulable { get; init; }

    public IReadOnlyList<Taint>? Taints { get; set; }
}

internal sealed record Taint
{
    public string Key { get; set; } = "";

    public string? Value { get; init; }

    public string Effect { get; set; } = "";

    public DateTimeOffset? TimeAdded { get; init; }

    public override string ToString() => string.IsNullOrEmpty(Value) ? $"{Key}:{Effect}" : $"{Key}={Value}:{Effect}";
}

internal sealed record NodeState
{
    public IReadOnlyList<Condition>? Conditions { get; set; }

    public IReadOnlyList<NodeAddress>? Addresses { get; set; }

    public NodeInfo NodeInfo { get; set; } = new();

    public IReadOnlyDictionary<string, string>? Capacity { get; set; }

    public IReadOnlyDictionary<string, string>? Allocatable { get; set; }
}

internal sealed record NodeAddress
{
    public string Type { get; set; } = "";

    public string Address { get; set; } = "";
}

internal sealed record NodeInfo
{
    public string KubeletVersion { get; set; } = "";

    public string OsImage { get; set; } = "";

    public string KernelVersion { get; set; } = "";

    public string ContainerRuntimeVersion { get; set; } = "";
}
