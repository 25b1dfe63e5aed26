using System.Runtime.CompilerServices;
using k8s;
using k8s.Models;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// Talks to one Kubernetes API server through the library KubernetesClient. Every call has a deadline and throws a <see cref="KubernetesException"/>.
/// From lists, only the fields that ClusterHeal uses are read, so other fields need no memory. Safe for use by several threads.
/// </summary>
public sealed class KubernetesClient : IDisposable
{
    private const int PageSize = 500;
    private const string MetadataList = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

    private readonly ApiCaller _caller;
    private readonly IAsyncDisposable? _way;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <param name="connection">How the server is reached, and with which credentials.</param>
    /// <param name="time">The clock.</param>
    /// <param name="way">Something through which the connection goes, such as a host's shell, to be closed with the client; or null.</param>
    public KubernetesClient(KubernetesConnection connection, TimeProvider time, IAsyncDisposable? way = null)
    {
        Connection = connection;
        _way = way;
        _caller = new ApiCaller(connection, time);
        Watches = new WatchStream(_caller);
    }

    /// <summary>How the server is reached.</summary>
    public KubernetesConnection Connection { get; }

    /// <summary>How many requests were sent.</summary>
    public int RequestCount => _caller.RequestCount;

    /// <summary>The time by the server's clock, as far as it is known from its answers.</summary>
    internal DateTimeOffset ServerNow => _caller.ServerNow;

    internal TimeProvider Time => _caller.Time;

    internal WatchStream Watches { get; }

    /// <summary>The server's version: <c>v1.36.2</c>.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<string> VersionAsync(CancellationToken cancellationToken) => _caller.CallAsync(
        new ApiRequest("read the version"),
        async (api, stop) => (await api.Version.GetCodeAsync(stop).ConfigureAwait(false)).GitVersion ?? "",
        cancellationToken);

    /// <summary>Asks a health endpoint (<c>/livez</c>, <c>/readyz?verbose</c>).</summary>
    /// <param name="path">The endpoint.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The status code (200 or 500) and the text, one line per check.</returns>
    public Task<(int StatusCode, string Text)> HealthAsync(string path, CancellationToken cancellationToken) => _caller.CallAsync(
        new ApiRequest($"read {path}"),
        async (api, stop) =>
        {
            var address = new Uri(api.BaseUri, path.TrimStart('/'));
            using var response = await api.HttpClient.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(stop).ConfigureAwait(false));
        },
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _caller.Dispose();
        // An SSH connection is closed by a signal to its process. That takes no time.
        _ = _way?.DisposeAsync().AsTask();
    }

    internal Task<T> GetAsync<T>(ResourceType<T> type, string? nameSpace, string name, CancellationToken cancellationToken)
        where T : class
    {
        var target = FullName(type.Plural, nameSpace, name);
        var request = new ApiRequest($"get {target}", target);
        var segment = ApiName.Segment(name, request, Connection);
        return _caller.CallAsync(
            request,
            (api, stop) => string.IsNullOrEmpty(nameSpace)
                ? api.CustomObjects.GetClusterCustomObjectAsync<T>(type.Group, type.Version, type.Plural, segment, stop)
                : api.CustomObjects.GetNamespacedCustomObjectAsync<T>(
                    type.Group, type.Version, ApiName.Segment(nameSpace, request, Connection), type.Plural, segment, stop),
            cancellationToken);
    }

    /// <summary>An object, or null if there is none of that name.</summary>
    internal async Task<T?> FindAsync<T>(ResourceType<T> type, string? nameSpace, string name, CancellationToken cancellationToken)
        where T : class
    {
        if (!ApiName.IsPossible(name)) return null;
        try
        {
            return await GetAsync(type, nameSpace, name, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException e) when (e.StatusCode == 404)
        {
            return null;
        }
    }

    /// <summary>
    /// Returns objects page by page, in the order of their names. If the server forgets a list in the middle (410), it is listed again from the last
    /// returned object on.
    /// </summary>
    internal async IAsyncEnumerable<T> ListAsync<T>(
        ResourceType<T> type, ResourceQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        string? position = null;
        string? last = null;
        string? behind = null;
        while (true)
        {
            ResourceList<T> page;
            try
            {
                page = await PageAsync(type, query, PageSize, position, cancellationToken).ConfigureAwait(false);
            }
            catch (KubernetesException e) when (e.StatusCode == 410 && position is not null)
            {
                (position, behind) = (null, last);
                continue;
            }

            foreach (var item in page.Items ?? [])
            {
                last = item.Metadata.FullName;
                if (behind is null || string.CompareOrdinal(last, behind) > 0) yield return item;
            }

            position = page.Metadata.Continue;
            if (string.IsNullOrEmpty(position)) yield break;
        }
    }

    /// <summary>All objects at one revision, and that revision, from which a watch continues.</summary>
    internal async Task<Snapshot<T>> SnapshotAsync<T>(ResourceType<T> type, ResourceQuery query, CancellationToken cancellationToken)
        where T : class
    {
        var items = new List<T>();
        string? position = null;
        while (true)
        {
            try
            {
                var page = await PageAsync(type, query, PageSize, position, cancellationToken).ConfigureAwait(false);
                items.AddRange(page.Items ?? []);
                position = page.Metadata.Continue;
                if (string.IsNullOrEmpty(position)) return new Snapshot<T>(items, page.Metadata.ResourceVersion);
            }
            catch (KubernetesException e) when (e.StatusCode == 410 && position is not null)
            {
                items.Clear();
                position = null;
            }
        }
    }

    /// <summary>The server's revision now, from the smallest possible list.</summary>
    internal async Task<string> RevisionAsync<T>(ResourceType<T> type, CancellationToken cancellationToken)
        where T : class =>
        (await PageAsync(type, ResourceQuery.All, 1, null, cancellationToken).ConfigureAwait(false)).Metadata.ResourceVersion;

    /// <summary>Changes a node by a JSON merge patch.</summary>
    internal Task<Node> PatchNodeAsync(string name, string patch, CancellationToken cancellationToken)
    {
        var target = FullName("nodes", null, name);
        var request = new ApiRequest($"change {target}", target);
        var segment = ApiName.Segment(name, request, Connection);
        return _caller.CallAsync(
            request,
            (api, stop) => api.CustomObjects.PatchClusterCustomObjectAsync<Node>(
                new V1Patch(patch, V1Patch.PatchType.MergePatch), "", "v1", "nodes", segment, cancellationToken: stop),
            cancellationToken);
    }

    /// <summary>Asks the server to evict this pod, and no other one with the same name. If it agrees, the deletion has begun.</summary>
    internal Task EvictAsync(Pod pod, int? gracePeriodSeconds, bool dryRun, CancellationToken cancellationToken)
    {
        var (name, nameSpace) = (pod.Metadata.Name, pod.Metadata.Namespace);
        var target = FullName("pods", nameSpace, name);
        var eviction = new V1Eviction
        {
            ApiVersion = "policy/v1",
            Kind = "Eviction",
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = nameSpace },
            DeleteOptions = Options(pod, gracePeriodSeconds, dryRun),
        };
        return _caller.CallAsync(
            new ApiRequest($"evict {target}", target, RetryWhenAsked: false),
            (api, stop) => api.CoreV1.CreateNamespacedPodEvictionAsync(eviction, name, nameSpace, dryRun ? "All" : null, cancellationToken: stop),
            cancellationToken);
    }

    /// <summary>Deletes this pod, and no other one with the same name. Budgets are ignored.</summary>
    internal Task DeleteAsync(Pod pod, int? gracePeriodSeconds, CancellationToken cancellationToken)
    {
        var target = FullName("pods", pod.Metadata.Namespace, pod.Metadata.Name);
        return _caller.CallAsync(
            new ApiRequest($"delete {target}", target, RetryWhenAsked: false),
            (api, stop) => api.CustomObjects.DeleteNamespacedCustomObjectAsync(
                "", "v1", pod.Metadata.Namespace, "pods", pod.Metadata.Name, Options(pod, gracePeriodSeconds, dryRun: false), cancellationToken: stop),
            cancellationToken);
    }

    /// <summary>Creates or replaces an object, or has the server say what the result would be (a dry run).</summary>
    /// <param name="write">What is written.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The object as JSON.</returns>
    internal Task<byte[]> WriteAsync(ObjectWrite write, CancellationToken cancellationToken)
    {
        var target = FullName(write.Resource.Plural, write.Namespace, write.Name);
        var request = new ApiRequest($"{(write.Replaces ? "replace" : "create")} {target}{(write.IsTrial ? " for a trial" : "")}", target);
        var path = PathOf(write.Resource, write.Namespace, write.Replaces ? write.Name : null, request) + (write.IsTrial ? "?dryRun=All" : "");
        return _caller.CallAsync(
            request,
            async (api, stop) =>
            {
                using var message = new HttpRequestMessage(write.Replaces ? HttpMethod.Put : HttpMethod.Post, new Uri(api.BaseUri, path));
                message.Content = new ByteArrayContent(write.Body)
                {
                    Headers = { ContentType = new(write.IsJson ? "application/json" : "application/vnd.kubernetes.protobuf") },
                };
                return await ReadAsync(api, message, stop).ConfigureAwait(false);
            },
            cancellationToken);
    }

    /// <summary>Reads a whole object.</summary>
    /// <param name="resource">The resource, in the version in which it is read.</param>
    /// <param name="nameSpace">The namespace, or an empty text.</param>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The object as JSON; null if there is none.</returns>
    internal async Task<byte[]?> ReadAsync(ServedResource resource, string nameSpace, string name, CancellationToken cancellationToken)
    {
        var target = FullName(resource.Plural, nameSpace, name);
        var request = new ApiRequest($"get {target}", target);
        var path = PathOf(resource, nameSpace, name, request);
        try
        {
            return await _caller.CallAsync(
                request,
                async (api, stop) =>
                {
                    using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(api.BaseUri, path));
                    return await ReadAsync(api, message, stop).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException e) when (e.StatusCode == 404)
        {
            return null;
        }
    }

    /// <summary>Any other call.</summary>
    /// <param name="request">What it is, for errors.</param>
    /// <param name="call">The call of the library's client.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    internal Task<T> CallAsync<T>(ApiRequest request, Func<IKubernetes, CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        _caller.CallAsync(request, call, cancellationToken);

    /// <summary>Deletes an object, and in the background what it owns. It may be gone already.</summary>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="delete">The call of the library's client.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    internal async Task DeleteAsync<T>(string what, Func<IKubernetes, CancellationToken, Task<T>> delete, CancellationToken cancellationToken)
    {
        try
        {
            await _caller.CallAsync(new ApiRequest($"delete {what}", what), delete, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException e) when (e.StatusCode == 404)
        {
            // It is gone already, as wanted.
        }
    }

    private static V1DeleteOptions Options(Pod pod, int? gracePeriodSeconds, bool dryRun) => new()
    {
        GracePeriodSeconds = gracePeriodSeconds,
        Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid },
        DryRun = dryRun ? ["All"] : null,
    };

    private static async Task<byte[]> ReadAsync(ApiClient api, HttpRequestMessage message, CancellationToken cancellationToken)
    {
        message.Headers.Accept.Add(new("application/json"));
        using var response = await api.HttpClient.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode) throw await ApiRefusal.ReadAsync(response, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    private string PathOf(ServedResource resource, string nameSpace, string? name, ApiRequest request)
    {
        var root = resource.Group.Length == 0 ? $"api/{resource.Version}" : $"apis/{resource.Group}/{resource.Version}";
        var place = nameSpace.Length == 0 ? "" : $"/namespaces/{ApiName.Segment(nameSpace, request, Connection)}";
        return $"{root}{place}/{resource.Plural}{(name is null ? "" : $"/{ApiName.Segment(name, request, Connection)}")}";
    }

    private static string FullName(string plural, string? nameSpace, string name) =>
        string.IsNullOrEmpty(nameSpace) ? $"{plural}/{name}" : $"{plural}/{nameSpace}/{name}";

    private Task<ResourceList<T>> PageAsync<T>(
        ResourceType<T> type, ResourceQuery query, int limit, string? position, CancellationToken cancellationToken)
        where T : class
    {
        var request = new ApiRequest($"list {type.Plural}");
        if (query.MetadataOnly) return MetadataPageAsync(type, request, limit, position, cancellationToken);
        return _caller.CallAsync(
            request,
            (api, stop) => string.IsNullOrEmpty(query.Namespace)
                ? api.CustomObjects.ListClusterCustomObjectAsync<ResourceList<T>>(
                    type.Group, type.Version, type.Plural, continueParameter: position, fieldSelector: query.FieldSelector,
                    labelSelector: query.LabelSelector, limit: limit, cancellationToken: stop)
                : api.CustomObjects.ListNamespacedCustomObjectAsync<ResourceList<T>>(
                    type.Group, type.Version, ApiName.Segment(query.Namespace, request, Connection), type.Plural, continueParameter: position,
                    fieldSelector: query.FieldSelector, labelSelector: query.LabelSelector, limit: limit, cancellationToken: stop),
            cancellationToken);
    }

    /// <summary>A page of PartialObjectMetadata. Every server from 1.15 on has it for every kind.</summary>
    private Task<ResourceList<T>> MetadataPageAsync<T>(
        ResourceType<T> type, ApiRequest request, int limit, string? position, CancellationToken cancellationToken)
        where T : class
    {
        Dictionary<string, IReadOnlyList<string>> headers = new() { ["Accept"] = [MetadataList] };
        return _caller.CallAsync(
            request,
            async (api, stop) =>
            {
                using var page = await api.CustomObjects.ListClusterCustomObjectWithHttpMessagesAsync<ResourceList<T>>(
                    type.Group, type.Version, type.Plural, continueParameter: position, limit: limit, customHeaders: headers, cancellationToken: stop).ConfigureAwait(false);
                return page.Body;
            },
            cancellationToken);
    }
}

/// <summary>All objects of a query at one revision.</summary>
internal sealed record Snapshot<T>(IReadOnlyList<T> Items, string ResourceVersion);
