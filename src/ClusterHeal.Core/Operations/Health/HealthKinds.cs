using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>
/// The kinds of Kubernetes objects that a health test reads, a line each. A check finds them with <see cref="KubernetesFacts.Of{T}"/>. Two kinds are
/// read in <see cref="KubernetesSurvey"/> instead: pods, which are read one after the other, and webhooks, which need more calls.
/// </summary>
internal static class HealthKinds
{
    private const string SystemNamespace = "kube-system";

    /// <summary>The nodes.</summary>
    public static readonly HealthKind<Node> Nodes = new([Resources.Nodes]);

    /// <summary>The leases that the kubelets renew.</summary>
    public static readonly HealthKind<Lease> NodeLeases = new([Resources.Leases], "kube-node-lease");

    /// <summary>The leases of the control plane.</summary>
    public static readonly HealthKind<Lease> SystemLeases = new([Resources.Leases], SystemNamespace);

    /// <summary>The workloads of the cluster itself.</summary>
    public static readonly HealthKind<SystemWorkload> SystemWorkloads = new(
        [Resources.SystemWorkloads("deployments"), Resources.SystemWorkloads("daemonsets"), Resources.SystemWorkloads("statefulsets")], SystemNamespace);

    /// <summary>The services that extend the API.</summary>
    public static readonly HealthKind<ApiService> ApiServices = new([Resources.ApiServices]);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<HealthKind> All { get; } = [Nodes, NodeLeases, SystemLeases, SystemWorkloads, ApiServices];
}

/// <summary>A kind of objects that is read as a whole.</summary>
internal abstract class HealthKind
{
    /// <summary>Reads them: a <see cref="Listing{T}"/>.</summary>
    public abstract Task<object> ReadAsync(KubernetesSurvey survey, CancellationToken cancellationToken);
}

/// <inheritdoc/>
/// <param name="types">Where the API has them.</param>
/// <param name="nameSpace">One namespace, or null for all.</param>
internal sealed class HealthKind<T>(ResourceType<T>[] types, string? nameSpace = null) : HealthKind
    where T : class, IKubernetesObject
{
    /// <inheritdoc/>
    public override async Task<object> ReadAsync(KubernetesSurvey survey, CancellationToken cancellationToken) => Listing<T>.Join(
        await Task.WhenAll(types.Select(type => survey.ListAsync(type, new ResourceQuery(nameSpace), cancellationToken))).ConfigureAwait(false));
}
