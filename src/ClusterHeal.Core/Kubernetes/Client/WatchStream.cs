using System.Runtime.CompilerServices;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace ClusterHeal.Kubernetes;

/// <summary>One line of a watch; a bookmark's object has only its revision.</summary>
internal readonly record struct WatchEvent<T>(WatchEventType Type, T Object);

/// <summary>
/// Reads one watch request until the server ends it: one JSON object per line. The library's own reader reads each event twice and has no limit,
/// neither for a line nor for a silence.
/// </summary>
internal sealed class WatchStream(ApiCaller caller)
{
    /// <summary>Servers keep objects below the size of an etcd request, 1.5 MiB by default. A longer line is no object.</summary>
    private const int LongestLine = 64 << 20;

    /// <summary>The server ends the watch after this time. Then it is started again.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Bookmarks come once a minute. A watch that is silent for longer is dead, or its revision is in the future.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(100);

    /// <summary>Watches from a revision on. The enumeration ends when the server ends the watch.</summary>
    /// <exception cref="KubernetesException">The server refused, ended the watch with an error (410: list again), or fell silent.</exception>
    public async IAsyncEnumerable<WatchEvent<T>> ReadAsync<T>(
        ResourceType<T> type, ResourceQuery query, string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        var request = new ApiRequest($"watch {type.Plural}");
        using var silence = new CancellationTokenSource(caller.Connection.RequestTimeout, caller.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        using var answer = await GuardAsync(request, () => OpenAsync(request, type, query, resourceVersion, either.Token), cancellationToken).ConfigureAwait(false);
        var stream = await answer.Response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var streamLifetime = stream.ConfigureAwait(false);
        var lines = new LineReader(stream, LongestLine);
        while (true)
        {
            silence.CancelAfter(Silence);
            var line = await GuardAsync(request, () => lines.ReadAsync(either.Token).AsTask(), cancellationToken).ConfigureAwait(false);
            if (line is null) yield break;
            if (!line.Value.IsEmpty) yield return Parse<T>(request, line.Value.Span);
        }
    }

    private Task<HttpOperationResponse<object>> OpenAsync<T>(
        ApiRequest request, ResourceType<T> type, ResourceQuery query, string resourceVersion, CancellationToken cancellationToken)
        where T : class
    {
        var lifetime = (int)Lifetime.TotalSeconds;
        var objects = caller.Api.CustomObjects;
        return string.IsNullOrEmpty(query.Namespace)
            ? objects.ListClusterCustomObjectWithHttpMessagesAsync(
                type.Group, type.Version, type.Plural, allowWatchBookmarks: true, fieldSelector: query.FieldSelector,
                labelSelector: query.LabelSelector, resourceVersion: resourceVersion, timeoutSeconds: lifetime, watch: true,
                cancellationToken: cancellationToken)
            : objects.ListNamespacedCustomObjectWithHttpMessagesAsync(
                type.Group, type.Version, ApiName.Segment(query.Namespace, request, caller.Connection), type.Plural, allowWatchBookmarks: true,
                fieldSelector: query.FieldSelector, labelSelector: query.LabelSelector, resourceVersion: resourceVersion,
                timeoutSeconds: lifetime, watch: true, cancellationToken: cancellationToken);
    }

    private async Task<TResult> GuardAsync<TResult>(ApiRequest request, Func<Task<TResult>> step, CancellationToken cancellationToken)
    {
        try
        {
            return await step().ConfigureAwait(false);
        }
        catch (Exception e) when (caller.Translate(request, e, cancellationToken) is { } fault)
        {
            throw fault;
        }
    }

    private WatchEvent<T> Parse<T>(ApiRequest request, ReadOnlySpan<byte> line)
        where T : class
    {
        try
        {
            var (kind, place) = Split(line);
            var body = line[place];
            if (kind == "ERROR")
            {
                var status = Deserialize<V1Status>(body);
                throw ApiFaults.Refused(caller.Connection, request, new ApiRefusal(status.Code ?? 0, status), caller.ServerNow);
            }

            return new WatchEvent<T>(TypeOf(kind), Deserialize<T>(body));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw ApiFaults.NotUnderstood(caller.Connection, request, e);
        }
    }

    /// <summary>The kind of a line, and the bytes of its object unread.</summary>
    private static (string? Kind, Range Body) Split(ReadOnlySpan<byte> line)
    {
        string? kind = null;
        Range body = default;
        var reader = new Utf8JsonReader(line);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("a line of the watch is no object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKind = reader.ValueTextEquals("type"u8);
            var isBody = reader.ValueTextEquals("object"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (isKind) kind = reader.GetString();
            reader.Skip();
            if (isBody) body = start..(int)reader.BytesConsumed;
        }

        return (kind, body);
    }

    private TObject Deserialize<TObject>(ReadOnlySpan<byte> body) =>
        JsonSerializer.Deserialize(body, caller.Api.TypeInfo<TObject>()) ?? throw new JsonException("a watch event has no object");

    private static WatchEventType TypeOf(string? kind) => kind switch
    {
        "ADDED" => WatchEventType.Added,
        "MODIFIED" => WatchEventType.Modified,
        "DELETED" => WatchEventType.Deleted,
        "BOOKMARK" => WatchEventType.Bookmark,
        _ => throw new JsonException($"a watch event of the unknown type '{kind}'"),
    };
}
