using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ClusterHeal.Kubernetes;

/// <summary>What a watch says of an object.</summary>
internal enum WatchEventType
{
    Added,
    Modified,
    Deleted,

    /// <summary>Nothing changed up to this revision.</summary>
    Bookmark,
}

/// <summary>One line of a watch; a bookmark's object has nothing but its revision.</summary>
internal readonly record struct WatchEvent<T>(WatchEventType Type, T Object);

/// <summary>Reads one watch request until the server ends it: one JSON object per line.</summary>
internal sealed class WatchStream(ApiTransport transport)
{
    /// <summary>Servers keep objects below the size of an etcd request, 1.5 MiB by default; a longer line is no object.</summary>
    private const int LongestLine = 64 << 20;

    /// <summary>The server ends the watch after this time; it is only taken up again.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Bookmarks come once a minute, so a watch that is silent for longer is dead, or watches a revision of the future.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(100);

    /// <summary>Watches from a revision on. The enumeration ends where the server ends the watch.</summary>
    /// <exception cref="KubernetesException">The server refused, ended the watch with an error (410: list again), or went silent.</exception>
    public async IAsyncEnumerable<WatchEvent<T>> ReadAsync<T>(
        ResourceType<T> type, ResourceQuery query, string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var request = new ApiRequest(HttpMethod.Get, Path(type, query, resourceVersion), $"watch {type.Plural}");
        using var silence = new CancellationTokenSource(transport.Connection.RequestTimeout, transport.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        using var response = await GuardAsync(request, () => transport.OpenAsync(request, either.Token), cancellationToken).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var streamLifetime = stream.ConfigureAwait(false);
        var lines = new LineReader(stream, LongestLine);
        while (true)
        {
            silence.CancelAfter(Silence);
            var line = await GuardAsync(request, () => lines.ReadAsync(either.Token).AsTask(), cancellationToken).ConfigureAwait(false);
            if (line is null) yield break;
            if (!line.Value.IsEmpty) yield return Parse(request, type, line.Value.Span);
        }
    }

    private static string Path<T>(ResourceType<T> type, ResourceQuery query, string resourceVersion)
        where T : class, IKubernetesObject =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{type.Path(query.Namespace)}?watch=true&allowWatchBookmarks=true&timeoutSeconds={Lifetime.TotalSeconds:0}"
                + $"&resourceVersion={Uri.EscapeDataString(resourceVersion)}{query.Parameters}");

    private async Task<TResult> GuardAsync<TResult>(ApiRequest request, Func<Task<TResult>> step, CancellationToken cancellationToken)
    {
        try
        {
            return await step().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw ApiFaults.NoAnswer(transport.Connection, request);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            throw ApiFaults.Broken(transport.Connection, request, e, transport.Verdict);
        }
    }

    private WatchEvent<T> Parse<T>(ApiRequest request, ResourceType<T> type, ReadOnlySpan<byte> line)
        where T : class, IKubernetesObject
    {
        try
        {
            var (kind, place) = Split(line);
            var body = line[place];
            if (kind == "ERROR")
            {
                var status = Deserialize(body, KubernetesJson.Default.ApiStatus);
                throw ApiFaults.Refused(transport.Connection, request, status.Code, status);
            }

            return new WatchEvent<T>(TypeOf(kind), Deserialize(body, type.Item));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw ApiFaults.NotUnderstood(transport.Connection, request, e);
        }
    }

    /// <summary>The kind of a line and the bytes of its object, without reading the object.</summary>
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

    private static TObject Deserialize<TObject>(ReadOnlySpan<byte> body, JsonTypeInfo<TObject> type) =>
        JsonSerializer.Deserialize(body, type) ?? throw new JsonException("a watch event has no object");

    private static WatchEventType TypeOf(string? kind) => kind switch
    {
        "ADDED" => WatchEventType.Added,
        "MODIFIED" => WatchEventType.Modified,
        "DELETED" => WatchEventType.Deleted,
        "BOOKMARK" => WatchEventType.Bookmark,
        _ => throw new JsonException($"a watch event of the unknown type '{kind}'"),
    };
}
