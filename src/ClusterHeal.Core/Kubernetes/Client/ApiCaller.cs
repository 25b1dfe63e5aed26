using System.Text.Json;
using ClusterHeal.Common;

namespace ClusterHeal.Kubernetes;

/// <summary>Makes calls to one API server: each has one deadline, is repeated if the server asks for that, and throws clear errors.</summary>
internal sealed class ApiCaller : IDisposable
{
    private const int MaxTries = 6;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly ApiHandler _handler;

    public ApiCaller(KubernetesConnection connection, TimeProvider time)
    {
        Connection = connection;
        Time = time;
        _handler = new ApiHandler(connection, time);
        Api = new ApiClient(connection.Server, _handler);
    }

    public KubernetesConnection Connection { get; }

    public TimeProvider Time { get; }

    public ApiClient Api { get; }

    public DateTimeOffset ServerNow => _handler.ServerNow;

    public int RequestCount => _handler.RequestCount;

    /// <summary>Sends a request and reads its answer.</summary>
    /// <param name="request">What it is, for errors.</param>
    /// <param name="send">The call of the library's client.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="KubernetesException">The server refused, did not answer in time, or is not there.</exception>
    public Task<T> CallAsync<T>(ApiRequest request, Func<ApiClient, CancellationToken, Task<T>> send, CancellationToken cancellationToken) =>
        CallLog.OfAsync(Connection.Server.GetLeftPart(UriPartial.Authority), request.What, () => TryAsync(request, send, cancellationToken));

    private async Task<T> TryAsync<T>(ApiRequest request, Func<ApiClient, CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var deadline = new CancellationTokenSource(Connection.RequestTimeout, Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
            try
            {
                return await send(Api, either.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (Translate(request, e, cancellationToken) is { } fault)
            {
                if (fault.RetryAfter is not { } wait || !request.RetryWhenAsked || attempt == MaxTries) throw fault;
                await Task.Delay(wait < LongestWait ? wait : LongestWait, Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What a call threw, in words; null for what is no failure of the call, such as a cancellation by the caller.</summary>
    public KubernetesException? Translate(ApiRequest request, Exception exception, CancellationToken callersToken) => exception switch
    {
        ApiRefusal refusal => ApiFaults.Refused(Connection, request, refusal, ServerNow),
        OperationCanceledException when !callersToken.IsCancellationRequested => ApiFaults.NoAnswer(Connection, request),
        HttpRequestException or IOException or InvalidDataException => ApiFaults.Broken(Connection, request, exception, _handler.Verdict),
        JsonException => ApiFaults.NotUnderstood(Connection, request, exception),
        _ => null,
    };

    public void Dispose()
    {
        Api.Dispose();
        _handler.Dispose();
    }
}

/// <summary>One request.</summary>
/// <param name="What">What it is for: <c>list pods</c>, <c>evict pod default/web-1</c>. Messages use it.</param>
/// <param name="Target">The object that errors name, or null for the server.</param>
/// <param name="RetryWhenAsked">True if the call is repeated when the server says Retry-After. False for evictions: the drain decides when.</param>
internal sealed record ApiRequest(string What, string? Target = null, bool RetryWhenAsked = true);
