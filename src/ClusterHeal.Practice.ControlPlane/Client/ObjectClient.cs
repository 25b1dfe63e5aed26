using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ClusterHeal.Kubernetes;
using ClusterHeal.Practice.ControlPlane.Objects;
using k8s;
using k8s.Models;

namespace ClusterHeal.Practice.ControlPlane.Client;

/// <summary>What the components need of the API: objects of any kind, by the client of the engine.</summary>
/// <param name="connection">How the server is reached.</param>
internal sealed class ObjectClient(KubernetesConnection connection) : IDisposable
{
    private readonly KubernetesClient _client = new(
        connection with { RequestTimeout = TimeSpan.FromSeconds(15), ConnectTimeout = TimeSpan.FromSeconds(5) }, TimeProvider.System);

    /// <summary>True if the server calls itself ready.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken) =>
        (await _client.HealthAsync("/readyz", cancellationToken)).StatusCode == 200;

    /// <summary>Reads an object, or null if there is none.</summary>
    public Task<JsonObject?> GetAsync(ResourceKind kind, string? ns, string name, CancellationToken cancellationToken) =>
        _client.FindAsync(TypeOf(kind), kind.Namespaced ? ns : null, name, cancellationToken);

    /// <summary>Reads all objects of a kind.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="fields">A field selector, or null for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<(IReadOnlyList<JsonObject> Items, string Revision)> ListAsync(
        ResourceKind kind, string? fields, CancellationToken cancellationToken)
    {
        var list = await _client.SnapshotAsync(TypeOf(kind), new ResourceQuery(FieldSelector: fields), cancellationToken);
        foreach (var item in list.Items)
        {
            item["kind"] = kind.Kind;
            item["apiVersion"] = kind.ApiVersion;
        }
        return (list.Items, list.ResourceVersion);
    }

    /// <summary>Follows the changes of a kind from a revision on until the server ends it.</summary>
    public async IAsyncEnumerable<(WatchEventType Type, JsonObject Object)> WatchAsync(
        ResourceKind kind, string? fields, string revision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var events = _client.Watches.ReadAsync(TypeOf(kind), new ResourceQuery(FieldSelector: fields), revision, cancellationToken);
        await foreach (var change in events) yield return (change.Type, change.Object);
    }

    public Task<JsonObject> CreateAsync(ResourceKind kind, JsonObject o, CancellationToken cancellationToken) => SendAsync(
        $"create {kind} {o.Name()}",
        (objects, stop) => kind.Namespaced
            ? objects.CreateNamespacedCustomObjectAsync<JsonObject>(o, kind.Group, kind.Version, o.Namespace(), kind.Plural, cancellationToken: stop)
            : objects.CreateClusterCustomObjectAsync<JsonObject>(o, kind.Group, kind.Version, kind.Plural, cancellationToken: stop),
        cancellationToken);

    /// <summary>Gives a pod to a node.</summary>
    public Task BindAsync(JsonObject pod, string node, CancellationToken cancellationToken)
    {
        var binding = new V1Binding
        {
            Metadata = new V1ObjectMeta { Name = pod.Name(), NamespaceProperty = pod.Namespace(), Uid = pod.Uid() },
            Target = new V1ObjectReference { Kind = "Node", Name = node },
        };
        return _client.CallAsync(
            new ApiRequest($"bind pod {pod.Name()}", RetryWhenAsked: false),
            (api, stop) => api.CoreV1.CreateNamespacedPodBindingAsync(binding, pod.Name(), pod.Namespace(), cancellationToken: stop),
            cancellationToken);
    }

    /// <summary>Replaces an object, or a part of it, unless it has changed meanwhile.</summary>
    public Task<JsonObject> ReplaceAsync(ResourceKind kind, JsonObject o, string? part, CancellationToken cancellationToken)
    {
        // The library has no call for parts of objects of any kind, and takes a name into the path as it is.
        var place = part is null ? o.Name() : $"{o.Name()}/{part}";
        return SendAsync(
            $"replace {kind} {place}",
            (objects, stop) => kind.Namespaced
                ? objects.ReplaceNamespacedCustomObjectAsync<JsonObject>(
                    o, kind.Group, kind.Version, o.Namespace(), kind.Plural, place, cancellationToken: stop)
                : objects.ReplaceClusterCustomObjectAsync<JsonObject>(o, kind.Group, kind.Version, kind.Plural, place, cancellationToken: stop),
            cancellationToken);
    }

    /// <summary>Deletes an object, if it still is the one that is meant.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="o">The object.</param>
    /// <param name="options">How; the object's uid is added.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<JsonObject> DeleteAsync(ResourceKind kind, JsonObject o, V1DeleteOptions options, CancellationToken cancellationToken)
    {
        options.Preconditions = new V1Preconditions { Uid = o.Uid() };
        return SendAsync(
            $"delete {kind} {o.Name()}",
            (objects, stop) => kind.Namespaced
                ? objects.DeleteNamespacedCustomObjectAsync<JsonObject>(
                    kind.Group, kind.Version, o.Namespace(), kind.Plural, o.Name(), options, cancellationToken: stop)
                : objects.DeleteClusterCustomObjectAsync<JsonObject>(
                    kind.Group, kind.Version, kind.Plural, o.Name(), options, cancellationToken: stop),
            cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static ResourceType<JsonObject> TypeOf(ResourceKind kind) => new(kind.ApiVersion, kind.Plural);

    // Controllers try again by themselves.
    private Task<JsonObject> SendAsync(
        string what, Func<ICustomObjectsOperations, CancellationToken, Task<JsonObject>> send, CancellationToken cancellationToken) =>
        _client.CallAsync(new ApiRequest(what, RetryWhenAsked: false), (api, stop) => send(api.CustomObjects, stop), cancellationToken);
}
