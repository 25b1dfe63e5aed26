using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// Talks to one Kubernetes API server. Every call has a deadline and throws a <see cref="KubernetesException"/>; only the kinds
/// and fields that ClusterHeal uses are read, so memory does not grow with the others. Safe for use by several threads.
/// </summary>
public sealed class KubernetesClient : IDisposable
{
    private const int PageSize = 500;
    private const string MergePatch = "application/merge-patch+json";

    private readonly ApiTransport _transport;
    private readonly IAsyncDisposable? _way;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <param name="connection">How the server is reached, and as whom.</param>
    /// <param name="time">The clock.</param>
    /// <param name="way">What the connection leads through, such as a host's shell, to be closed with the client; or null.</param>
    public KubernetesClient(KubernetesConnection connection, TimeProvider time, IAsyncDisposable? way = null)
    {
        Connection = connection;
        _way = way;
        _transport = new ApiTransport(connection, time);
        Watches = new WatchStream(_transport);
    }

    /// <summary>How the server is reached.</summary>
    public KubernetesConnection Connection { get; }

    /// <summary>How many requests were sent.</summary>
    public int RequestCount => _transport.RequestCount;

    /// <summary>The time by the server's clock, as far as its answers told it.</summary>
    internal DateTimeOffset ServerNow => _transport.ServerNow;

    internal TimeProvider Time => _transport.Time;

    internal WatchStream Watches { get; }

    /// <summary>The server's version: <c>v1.36.2</c>.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Get, "/version", "read the version");
        return (await ReadAsync(request, KubernetesJson.Default.ServerVersion, cancellationToken).ConfigureAwait(false)).GitVersion;
    }

    /// <summary>Asks a health endpoint (<c>/livez</c>, <c>/readyz?verbose</c>).</summary>
    /// <param name="path">The endpoint.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The status code (200 or 500) and the text, one line per check.</returns>
    public Task<(int StatusCode, string Text)> HealthAsync(string path, CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Get, path, $"read {path}") { TakeAnyStatus = true };
        return _transport.SendAsync(
            request,
            async (response, token) => ((int)response.StatusCode, await response.Content.ReadAsStringAsync(token).ConfigureAwait(false)),
            cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _transport.Dispose();
        // An SSH connection is closed by a signal to its process, which takes no time.
        _ = _way?.DisposeAsync().AsTask();
    }

    internal Task<T> GetAsync<T>(ResourceType<T> type, string? nameSpace, string name, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var target = FullName(type.Plural, nameSpace, name);
        return ReadAsync(new ApiRequest(HttpMethod.Get, type.Path(nameSpace, name), $"get {target}") { Target = target }, type.Item, cancellationToken);
    }

    /// <summary>An object, or null where the server says that there is none of that name.</summary>
    internal async Task<T?> FindAsync<T>(ResourceType<T> type, string? nameSpace, string name, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
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
    /// Hands out objects page by page, in the order of their names. A list that the server has forgotten in the middle (410) is
    /// begun again behind the last object handed out.
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

    /// <summary>All objects at one revision, and that revision, from which a watch goes on.</summary>
    internal async Task<Snapshot<T>> SnapshotAsync<T>(ResourceType<T> type, ResourceQuery query, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
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

    /// <summary>The server's revision now, by the smallest list that there is.</summary>
    internal async Task<string> RevisionAsync<T>(ResourceType<T> type, CancellationToken cancellationToken)
        where T : class, IKubernetesObject =>
        (await PageAsync(type, ResourceQuery.All, 1, null, cancellationToken).ConfigureAwait(false)).Metadata.ResourceVersion;

    /// <summary>Changes an object by a JSON merge patch.</summary>
    internal Task<T> PatchAsync<T>(
        ResourceType<T> type, string? nameSpace, string name, string patch, bool dryRun, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var target = FullName(type.Plural, nameSpace, name);
        var path = type.Path(nameSpace, name) + (dryRun ? "?dryRun=All" : "");
        var request = new ApiRequest(HttpMethod.Patch, path, $"change {target}")
        {
            Target = target,
            Body = Encoding.UTF8.GetBytes(patch),
            ContentType = MergePatch,
        };
        return ReadAsync(request, type.Item, cancellationToken);
    }

    /// <summary>
    /// Asks the server to evict this pod, and no namesake of it. That it says yes means that the deletion has begun.
    /// </summary>
    internal Task EvictAsync(Pod pod, int? gracePeriodSeconds, bool dryRun, CancellationToken cancellationToken)
    {
        var eviction = new Eviction
        {
            Metadata = new EvictionMeta(pod.Metadata.Name, pod.Metadata.Namespace),
            DeleteOptions = Options(pod, gracePeriodSeconds, dryRun),
        };
        var target = FullName("pods", pod.Metadata.Namespace, pod.Metadata.Name);
        var path = Resources.Pods.Path(pod.Metadata.Namespace, pod.Metadata.Name) + "/eviction" + (dryRun ? "?dryRun=All" : "");
        return DoAsync(
            new ApiRequest(HttpMethod.Post, path, $"evict {target}")
            {
                Target = target,
                Body = JsonSerializer.SerializeToUtf8Bytes(eviction, KubernetesJson.Default.Eviction),
                RetryWhenAsked = false,
            },
            cancellationToken);
    }

    /// <summary>Deletes this pod, and no namesake of it, past all budgets.</summary>
    internal Task DeleteAsync(Pod pod, int? gracePeriodSeconds, CancellationToken cancellationToken)
    {
        var target = FullName("pods", pod.Metadata.Namespace, pod.Metadata.Name);
        var options = Options(pod, gracePeriodSeconds, dryRun: false);
        return DoAsync(
            new ApiRequest(HttpMethod.Delete, Resources.Pods.Path(pod.Metadata.Namespace, pod.Metadata.Name), $"delete {target}")
            {
                Target = target,
                Body = JsonSerializer.SerializeToUtf8Bytes(options, KubernetesJson.Default.DeleteOptions),
                RetryWhenAsked = false,
            },
            cancellationToken);
    }

    /// <summary>Makes an object from its JSON.</summary>
    /// <param name="path">The path of the objects of its kind.</param>
    /// <param name="json">The object.</param>
    /// <param name="what">What it is, for messages: <c>namespace 'x'</c>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    internal Task CreateAsync(string path, string json, string what, CancellationToken cancellationToken) =>
        DoAsync(new ApiRequest(HttpMethod.Post, path, $"create {what}") { Target = what, Body = Encoding.UTF8.GetBytes(json) }, cancellationToken);

    /// <summary>Deletes an object of any kind, and in the background what it owns. One that is not there is fine.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    internal async Task DeleteAsync(string path, string what, CancellationToken cancellationToken)
    {
        try
        {
            await DoAsync(new ApiRequest(HttpMethod.Delete, path, $"delete {what}") { Target = what }, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException e) when (e.StatusCode == 404)
        {
            // It is gone already, which is what was wanted.
        }
    }

    private static DeleteOptions Options(Pod pod, int? gracePeriodSeconds, bool dryRun) => new()
    {
        GracePeriodSeconds = gracePeriodSeconds,
        Preconditions = new Preconditions(pod.Metadata.Uid),
        DryRun = dryRun ? ["All"] : null,
    };

    private static string FullName(string plural, string? nameSpace, string name) =>
        string.IsNullOrEmpty(nameSpace) ? $"{plural}/{name}" : $"{plural}/{nameSpace}/{name}";

    private Task<ResourceList<T>> PageAsync<T>(
        ResourceType<T> type, ResourceQuery query, int limit, string? position, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var path = new StringBuilder(type.Path(query.Namespace)).Append(CultureInfo.InvariantCulture, $"?limit={limit}").Append(query.Parameters);
        if (position is not null) path.Append("&continue=").Append(Uri.EscapeDataString(position));
        return ReadAsync(new ApiRequest(HttpMethod.Get, path.ToString(), $"list {type.Plural}"), type.List, cancellationToken);
    }

    private Task<T> ReadAsync<T>(ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken) => _transport.SendAsync(
        request,
        async (response, token) =>
        {
            var stream = await response.Content.ReadAsStreamAsync(token).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                return await JsonSerializer.DeserializeAsync(stream, type, token).ConfigureAwait(false) ?? throw new JsonException("null");
            }
        },
        cancellationToken);

    private async Task DoAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await _transport.SendAsync(request, static (_, _) => Task.FromResult(true), cancellationToken).ConfigureAwait(false);
}

/// <summary>All objects of a query at one revision.</summary>
internal sealed record Snapshot<T>(IReadOnlyList<T> Items, string ResourceVersion);
