using ClusterHeal.Kubernetes;
using k8s;
using k8s.Models;

namespace ClusterHeal.Operations.Drills;

/// <summary>A small workload in the drill's own namespace. What happens to it happens to the users' workloads, too. Those are not touched to find out.</summary>
/// <param name="api">The API.</param>
/// <param name="operationId">The drill.</param>
/// <param name="image">The image of its pods.</param>
internal sealed class Canary(DrillApi api, string operationId, string image)
{
    /// <summary>The start of the name of all such namespaces.</summary>
    public const string Prefix = "clusterheal-drill-";

    private const string Name = "canary";
    private const string HostLabel = "kubernetes.io/hostname";
    private IReadOnlyList<string> _nodes = [];
    private HashSet<string>? _former;

    /// <summary>The drill's own namespace.</summary>
    public string Namespace { get; } = NamespaceOf(operationId);

    public int Replicas { get; private set; }

    /// <summary>The port on which every node forwards requests to it; 0 before it is started.</summary>
    public int NodePort { get; private set; }

    /// <summary>Creates it. It is not ready yet.</summary>
    /// <param name="nodes">The host labels of the nodes for its pods; the pods are spread over them as long as the nodes accept pods.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CreateAsync(IReadOnlyList<string> nodes, CancellationToken cancellationToken)
    {
        _nodes = nodes;
        Replicas = Math.Max(2, nodes.Count);
        var nameSpace = new V1Namespace
        {
            Metadata = new V1ObjectMeta
            {
                Name = Namespace,
                Labels = Labels(Name),
                Annotations = new Dictionary<string, string> { ["clusterheal/operation"] = operationId },
            },
        };
        await CreateAsync(
            $"namespace '{Namespace}'", (k8s, stop) => k8s.CoreV1.CreateNamespaceAsync(nameSpace, cancellationToken: stop), cancellationToken).ConfigureAwait(false);
        await CreateDeploymentAsync(Name, Replicas, cancellationToken).ConfigureAwait(false);
        var service = new V1Service
        {
            Metadata = new V1ObjectMeta { Name = Name, Labels = Labels(Name) },
            Spec = new V1ServiceSpec
            {
                Type = "NodePort",
                Selector = Labels(Name),
                Ports = [new V1ServicePort { Port = 80, TargetPort = 80, Protocol = "TCP" }],
            },
        };
        var made = await CreateAsync(
            "the canary's service",
            (k8s, stop) => k8s.CoreV1.CreateNamespacedServiceAsync(service, Namespace, cancellationToken: stop),
            cancellationToken).ConfigureAwait(false);
        NodePort = made.Spec.Ports is [{ NodePort: { } port }, ..] ? port : 0;
    }

    /// <summary>Creates a deployment of its image, on the same nodes.</summary>
    /// <param name="name">Its name, also the label of its pods.</param>
    /// <param name="replicas">How many pods it has.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task CreateDeploymentAsync(string name, int replicas, CancellationToken cancellationToken)
    {
        var labels = Labels(name);
        var deployment = new V1Deployment
        {
            Metadata = new V1ObjectMeta { Name = name, Labels = labels },
            Spec = new V1DeploymentSpec
            {
                Replicas = replicas,
                Selector = new V1LabelSelector { MatchLabels = labels },
                Template = new V1PodTemplateSpec { Metadata = new V1ObjectMeta { Labels = labels }, Spec = DeploymentPod(name, labels) },
            },
        };
        return CreateAsync(
            $"deployment '{name}'",
            (k8s, stop) => k8s.AppsV1.CreateNamespacedDeploymentAsync(deployment, Namespace, cancellationToken: stop),
            cancellationToken);
    }

    /// <summary>Deletes a deployment, and its pods.</summary>
    public Task DeleteDeploymentAsync(string name, CancellationToken cancellationToken) => api.DoAsync(client => client.DeleteAsync(
        $"deployment '{name}'",
        (k8s, stop) => k8s.AppsV1.DeleteNamespacedDeploymentAsync(name, Namespace, cancellationToken: stop),
        cancellationToken));

    /// <summary>Creates a config map without content.</summary>
    public Task CreateConfigMapAsync(string name, CancellationToken cancellationToken) => CreateAsync(
        $"config map '{name}'",
        (k8s, stop) => k8s.CoreV1.CreateNamespacedConfigMapAsync(
            new V1ConfigMap { Metadata = new V1ObjectMeta { Name = name } }, Namespace, cancellationToken: stop),
        cancellationToken);

    /// <summary>Creates a single pod, which nothing would create again.</summary>
    public Task CreatePodAsync(string name, CancellationToken cancellationToken)
    {
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = name },
            Spec = new V1PodSpec { TerminationGracePeriodSeconds = 1, Containers = [Container("canary")] },
        };
        return CreateAsync(
            $"pod '{name}'", (k8s, stop) => k8s.CoreV1.CreateNamespacedPodAsync(pod, Namespace, cancellationToken: stop), cancellationToken);
    }

    /// <summary>Deletes one of its pods.</summary>
    public async Task DeleteOneAsync(CancellationToken cancellationToken)
    {
        var pods = await PodsAsync(cancellationToken).ConfigureAwait(false);
        _former = [.. pods.Select(p => p.Metadata.Uid)];
        var pod = pods.First(p => !p.IsTerminating);
        await api.DoAsync(client => client.DeleteAsync(pod, gracePeriodSeconds: null, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>True for a pod that was created after one was deleted.</summary>
    public bool IsNew(Pod pod) => _former is { } former && !former.Contains(pod.Metadata.Uid);

    public Task<IReadOnlyList<Pod>> PodsAsync(CancellationToken cancellationToken) => PodsAsync(Name, cancellationToken);

    public async Task<IReadOnlyList<Pod>> PodsAsync(string deployment, CancellationToken cancellationToken)
    {
        var query = new ResourceQuery(Namespace, LabelSelector: $"app.kubernetes.io/name={deployment}");
        return (await api.AskAsync(client => client.SnapshotAsync(Resources.Pods, query, cancellationToken)).ConfigureAwait(false)).Items;
    }

    /// <summary>One pod, or null.</summary>
    public Task<Pod?> FindPodAsync(string name, CancellationToken cancellationToken) =>
        api.AskAsync(client => client.FindAsync(Resources.Pods, Namespace, name, cancellationToken));

    /// <summary>Deletes it: its namespace and all in it.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken) => DeleteAsync(api, Namespace, cancellationToken);

    /// <summary>The name of a drill's own namespace.</summary>
    /// <param name="operationId">The drill.</param>
    public static string NamespaceOf(string operationId) => Prefix + operationId.ToLowerInvariant();

    /// <summary>Deletes the namespace of a drill.</summary>
    public static Task DeleteAsync(DrillApi api, string nameSpace, CancellationToken cancellationToken) =>
        api.DoAsync(client => client.DeleteAsync(
            $"namespace '{nameSpace}'", (k8s, stop) => k8s.CoreV1.DeleteNamespaceAsync(nameSpace, cancellationToken: stop), cancellationToken));

    private V1PodSpec DeploymentPod(string name, Dictionary<string, string> labels) => new()
    {
        TerminationGracePeriodSeconds = 5,
        Affinity = new V1Affinity
        {
            NodeAffinity = new V1NodeAffinity
            {
                RequiredDuringSchedulingIgnoredDuringExecution = new V1NodeSelector
                {
                    NodeSelectorTerms =
                    [
                        new V1NodeSelectorTerm
                        {
                            MatchExpressions = [new V1NodeSelectorRequirement { Key = HostLabel, OperatorProperty = "In", Values = [.. _nodes] }],
                        },
                    ],
                },
            },
        },
        TopologySpreadConstraints =
        [
            new V1TopologySpreadConstraint
            {
                MaxSkew = 1,
                TopologyKey = HostLabel,
                WhenUnsatisfiable = "ScheduleAnyway",
                LabelSelector = new V1LabelSelector { MatchLabels = labels },
            },
        ],
        Containers = [Container(name, new V1ContainerPort { ContainerPort = 80 })],
    };

    private V1Container Container(string name, params V1ContainerPort[] ports) => new()
    {
        Name = name,
        Image = image,
        Ports = ports.Length > 0 ? ports : null,
        Resources = new V1ResourceRequirements
        {
            Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("10m"), ["memory"] = new("16Mi") },
        },
    };

    private Task<T> CreateAsync<T>(string what, Func<IKubernetes, CancellationToken, Task<T>> create, CancellationToken cancellationToken) =>
        api.AskAsync(client => client.CallAsync(new ApiRequest($"create {what}", what), create, cancellationToken));

    private static Dictionary<string, string> Labels(string name) => new()
    {
        ["app.kubernetes.io/name"] = name,
        ["app.kubernetes.io/managed-by"] = "clusterheal",
    };
}
