namespace ClusterHeal.Kubernetes;

/// <summary>A deployment, stateful set or daemon set: what it should have, and what it has.</summary>
internal sealed record SystemWorkload : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    public WorkloadSpec Spec { get; set; } = new();

    public SystemWorkloadStatus Status { get; set; } = new();
}

internal sealed record SystemWorkloadStatus
{
    public long ObservedGeneration { get; init; }

    /// <summary>For deployments and stateful sets. The API leaves a zero out.</summary>
    public int? ReadyReplicas { get; init; }

    /// <summary>For daemon sets, which have no replicas.</summary>
    public int? DesiredNumberScheduled { get; init; }

    /// <summary>For daemon sets.</summary>
    public int? NumberReady { get; init; }
}

internal sealed record WebhookConfiguration : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    public IReadOnlyList<Webhook>? Webhooks { get; set; }
}

internal sealed record Webhook
{
    public string Name { get; set; } = "";

    /// <summary>Fail or Ignore; Fail if it is missing.</summary>
    public string? FailurePolicy { get; init; }

    public WebhookClient ClientConfig { get; set; } = new();
}

internal sealed record WebhookClient
{
    public ServiceReference? Service { get; init; }
}

internal sealed record ServiceReference
{
    public string Namespace { get; set; } = "";

    public string Name { get; set; } = "";
}

internal sealed record EndpointSlice : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    public IReadOnlyList<SliceEndpoint>? Endpoints { get; set; }

    public IReadOnlyList<SlicePort>? Ports { get; set; }
}

internal sealed record SliceEndpoint
{
    public IReadOnlyList<string>? Addresses { get; set; }

    public SliceConditions? Conditions { get; init; }

    /// <summary>An endpoint without conditions counts as ready.</summary>
    public bool IsReady => Conditions?.Ready != false;
}

internal sealed record SliceConditions
{
    public bool? Ready { get; init; }
}

internal sealed record SlicePort
{
    public string? Name { get; init; }

    public int? Port { get; init; }
}

internal sealed record ApiService : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    public ApiServiceSpec Spec { get; set; } = new();

    public ApiServiceStatus Status { get; set; } = new();
}

internal sealed record ApiServiceSpec
{
    /// <summary>Null for what the API server serves itself.</summary>
    public ServiceReference? Service { get; init; }
}

internal sealed record ApiServiceStatus
{
    public IReadOnlyList<Condition>? Conditions { get; set; }
}
