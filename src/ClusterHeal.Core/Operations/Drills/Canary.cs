using System.Globalization;
using System.Text.Json;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations.Drills;

/// <summary>
/// A small workload in a namespace of the drill's own: what happens to it is what happens to the users' workloads. Nothing of theirs is
/// touched to find out.
/// </summary>
/// <param name="api">The API.</param>
/// <param name="operationId">The drill.</param>
/// <param name="image">The image of its pods.</param>
internal sealed class Canary(DrillApi api, string operationId, string image)
{
    /// <summary>The start of the name of all such namespaces.</summary>
    public const string Prefix = "clusterheal-drill-";

    private const string Name = "canary";
    private IReadOnlyList<string> _nodes = [];
    private HashSet<string>? _former;

    /// <summary>The drill's own namespace.</summary>
    public string Namespace { get; } = NamespaceOf(operationId);

    /// <summary>How many pods it has.</summary>
    public int Replicas { get; private set; }

    /// <summary>The port on which every node passes requests on to it; 0 before it is started.</summary>
    public int NodePort { get; private set; }

    /// <summary>Makes it; it is not ready yet.</summary>
    /// <param name="nodes">The host labels of the nodes that its pods may be on; spread out over them as long as they take them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CreateAsync(IReadOnlyList<string> nodes, CancellationToken cancellationToken)
    {
        _nodes = nodes;
        Replicas = Math.Max(2, nodes.Count);
        await CreateAsync("/api/v1/namespaces", $$"""
            {"apiVersion":"v1","kind":"Namespace","metadata":{"name":{{Json(Namespace)}},"labels":{{Labels(Name)}},
            "annotations":{"clusterheal/operation":{{Json(operationId)}} } } }
            """, $"namespace '{Namespace}'", cancellationToken).ConfigureAwait(false);
        await CreateDeploymentAsync(Name, Replicas, cancellationToken).ConfigureAwait(false);
        await CreateAsync($"/api/v1/namespaces/{Namespace}/services", $$"""
            {"apiVersion":"v1","kind":"Service","metadata":{"name":{{Json(Name)}},"labels":{{Labels(Name)}} },
            "spec":{"type":"NodePort","selector":{{Labels(Name)}},"ports":[{"port":80,"targetPort":80,"protocol":"TCP"}]} }
            """, "the canary's service", cancellationToken).ConfigureAwait(false);
        var service = await api.AskAsync(client => client.GetAsync(Resources.Services, Namespace, Name, cancellationToken)).ConfigureAwait(false);
        NodePort = service.Spec.Ports is [{ NodePort: { } port }, ..] ? port : 0;
    }

    /// <summary>Makes a deployment of its image, on the same nodes.</summary>
    /// <param name="name">Its name, by which its pods are labelled.</param>
    /// <param name="replicas">How many pods it has.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task CreateDeploymentAsync(string name, int replicas, CancellationToken cancellationToken)
    {
        var labels = Labels(name);
        var names = string.Join(',', _nodes.Select(Json));
        return CreateAsync($"/apis/apps/v1/namespaces/{Namespace}/deployments", $$"""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":{{Json(name)}},"labels":{{labels}} },
            "spec":{"replicas":{{replicas.ToString(CultureInfo.InvariantCulture)}},"selector":{"matchLabels":{{labels}} },
            "template":{"metadata":{"labels":{{labels}} },"spec":{"terminationGracePeriodSeconds":5,
            "affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[
            {"key":"kubernetes.io/hostname","operator":"In","values":[{{names}}]}]}]} } },
            "topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"ScheduleAnyway",
            "labelSelector":{"matchLabels":{{labels}} } }],
            "containers":[{"name":{{Json(name)}},"image":{{Json(image)}},"ports":[{"containerPort":80}],
            "resources":{"requests":{"cpu":"10m","memory":"16Mi"} } }]} } } }
            """, $"deployment '{name}'", cancellationToken);
    }

    /// <summary>Makes a config map, with nothing in it.</summary>
    public Task CreateConfigMapAsync(string name, CancellationToken cancellationToken) => CreateAsync(
        $"/api/v1/namespaces/{Namespace}/configmaps", $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":{{Json(name)}} } }""",
        $"config map '{name}'", cancellationToken);

    /// <summary>Makes one pod of its own, which nothing would make anew.</summary>
    public Task CreatePodAsync(string name, CancellationToken cancellationToken) => CreateAsync(
        $"/api/v1/namespaces/{Namespace}/pods", $$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":{{Json(name)}} },"spec":{"terminationGracePeriodSeconds":1,
        "containers":[{"name":"canary","image":{{Json(image)}},"resources":{"requests":{"cpu":"10m","memory":"16Mi"} } }]} }
        """, $"pod '{name}'", cancellationToken);

    /// <summary>Deletes one of its pods.</summary>
    public async Task DeleteOneAsync(CancellationToken cancellationToken)
    {
        var pods = await PodsAsync(cancellationToken).ConfigureAwait(false);
        _former = [.. pods.Select(p => p.Metadata.Uid)];
        var pod = pods.First(p => !p.IsTerminating);
        await api.DoAsync(client => client.DeleteAsync(pod, gracePeriodSeconds: null, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>True for a pod that was made after one was deleted.</summary>
    public bool IsNew(Pod pod) => _former is { } former && !former.Contains(pod.Metadata.Uid);

    /// <summary>Its pods.</summary>
    public Task<IReadOnlyList<Pod>> PodsAsync(CancellationToken cancellationToken) => PodsAsync(Name, cancellationToken);

    /// <summary>The pods of one of the deployments.</summary>
    public async Task<IReadOnlyList<Pod>> PodsAsync(string deployment, CancellationToken cancellationToken)
    {
        var query = new ResourceQuery(Namespace, LabelSelector: $"app.kubernetes.io/name={deployment}");
        return (await api.AskAsync(client => client.SnapshotAsync(Resources.Pods, query, cancellationToken)).ConfigureAwait(false)).Items;
    }

    /// <summary>One pod, or null.</summary>
    public Task<Pod?> FindPodAsync(string name, CancellationToken cancellationToken) =>
        api.AskAsync(client => client.FindAsync(Resources.Pods, Namespace, name, cancellationToken));

    /// <summary>Takes it away, its namespace and all in it.</summary>
    public Task DeleteAsync(CancellationToken cancellationToken) => DeleteAsync(api, Namespace, cancellationToken);

    /// <summary>The name of a drill's own namespace.</summary>
    /// <param name="operationId">The drill.</param>
    public static string NamespaceOf(string operationId) => Prefix + operationId.ToLowerInvariant();

    /// <summary>Takes the namespace of a drill away.</summary>
    public static Task DeleteAsync(DrillApi api, string nameSpace, CancellationToken cancellationToken) =>
        api.DoAsync(client => client.DeleteAsync($"/api/v1/namespaces/{nameSpace}", $"namespace '{nameSpace}'", cancellationToken));

    private Task CreateAsync(string path, string json, string what, CancellationToken cancellationToken) =>
        api.DoAsync(client => client.CreateAsync(path, json, what, cancellationToken));

    private static string Labels(string name) => $$"""{"app.kubernetes.io/name":{{Json(name)}},"app.kubernetes.io/managed-by":"clusterheal"}""";

    private static string Json(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
