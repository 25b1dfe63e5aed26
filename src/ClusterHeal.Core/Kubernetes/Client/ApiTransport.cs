using System.Globalization;
using System.Net;

namespace ClusterHeal.Kubernetes;

/// <summary>Sends requests to one API server: credentials, deadline, the server's wish to come back later, and failures as errors.</summary>
internal sealed class ApiTransport(KubernetesConnection connection, TimeProvider time) : IDisposable
{
    private const int MaxTries = 6;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly List<ApiChannel> _channels = [];
    private ApiChannel? _channel;
    private TimeSpan _serverAhead;
    private int _requests;

    public KubernetesConnection Connection => connection;

    public TimeProvider Time => time;

    /// <summary>The time by the server's clock, as its last answer told it: leases are aged by that one, not by ours.</summary>
    public DateTimeOffset ServerNow => time.GetUtcNow() + _serverAhead;

    /// <summary>Why the server's certificate was last refused, or null.</summary>
    public ConnectionException? Verdict => _channel?.Verdict;

    /// <summary>How many requests were sent.</summary>
    public int RequestCount => _requests;

    /// <summary>Sends a request and reads its answer, all within one deadline.</summary>
    /// <param name="request">The request.</param>
    /// <param name="read">Reads the body of a good answer.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="KubernetesException">The server refused, did not answer in time, or is not there.</exception>
    public async Task<T> SendAsync<T>(
        ApiRequest request, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var deadline = new CancellationTokenSource(connection.RequestTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
            TimeSpan pause;
            try
            {
                using var response = await OpenAsync(request, either.Token).ConfigureAwait(false);
                return await read(response, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw ApiFaults.NoAnswer(connection, request);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                throw ApiFaults.Broken(connection, request, e, Verdict);
            }
            catch (System.Text.Json.JsonException e)
            {
                throw ApiFaults.NotUnderstood(connection, request, e);
            }
            catch (KubernetesException e) when (e.RetryAfter is { } wait && request.RetryWhenAsked && attempt < MaxTries)
            {
                pause = wait < LongestWait ? wait : LongestWait;
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a request and returns the answer with its body unread. For watches, which have no deadline as a whole.</summary>
    /// <exception cref="KubernetesException">The server refused the request.</exception>
    public async Task<HttpResponseMessage> OpenAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var response = await SendOnceAsync(request, renew: false, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Unauthorized && connection.Credentials.CanRenew)
        {
            response.Dispose();
            response = await SendOnceAsync(request, renew: true, cancellationToken).ConfigureAwait(false);
        }

        if (response.IsSuccessStatusCode || request.TakeAnyStatus) return response;
        using (response)
        {
            throw await ApiFaults.RefusedAsync(connection, request, response, ServerNow, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        foreach (var channel in _channels) channel.Dispose();
        _one.Dispose();
    }

    private async Task<HttpResponseMessage> SendOnceAsync(ApiRequest request, bool renew, CancellationToken cancellationToken)
    {
        var credential = await connection.Credentials.GetAsync(renew, cancellationToken).ConfigureAwait(false);
        var channel = await ChannelAsync(credential, cancellationToken).ConfigureAwait(false);
        using var message = request.ToMessage(connection);
        message.Headers.Authorization = credential.Authorization;
        Interlocked.Increment(ref _requests);
        var response = await channel.Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.Headers.Date is { } date) _serverAhead = Skew(date);
        return response;
    }

    /// <summary>The header has whole seconds, so what is below two is no difference of clocks.</summary>
    private TimeSpan Skew(DateTimeOffset date)
    {
        var ahead = date - time.GetUtcNow();
        return ahead.Duration() < TimeSpan.FromSeconds(2) ? TimeSpan.Zero : ahead;
    }

    /// <summary>The connections that name the client by this certificate; another certificate needs others.</summary>
    private async ValueTask<ApiChannel> ChannelAsync(Credential credential, CancellationToken cancellationToken)
    {
        if (_channel is { } channel && channel.Serves(credential)) return channel;
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_channel is { } made && made.Serves(credential)) return made;
            _channel = new ApiChannel(connection, credential, time);
            _channels.Add(_channel);
            return _channel;
        }
        finally
        {
            _one.Release();
        }
    }
}

/// <summary>One request.</summary>
/// <param name="Method">GET, POST, PATCH or DELETE.</param>
/// <param name="Path">Path and parameters.</param>
/// <param name="What">What it is for: <c>list pods</c>, <c>evict pod default/web-1</c>. Messages use it.</param>
internal sealed record ApiRequest(HttpMethod Method, string Path, string What)
{
    public byte[]? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>The object of which errors speak, or null for the server.</summary>
    public string? Target { get; init; }

    /// <summary>True where a server that says Retry-After is asked again here; an eviction is paced by the drain instead.</summary>
    public bool RetryWhenAsked { get; init; } = true;

    /// <summary>True where the body of a failure is the answer: <c>/livez</c>.</summary>
    public bool TakeAnyStatus { get; init; }

    public HttpRequestMessage ToMessage(KubernetesConnection connection)
    {
        var https = connection.Server.Scheme == Uri.UriSchemeHttps;
        var message = new HttpRequestMessage(Method, new Uri(connection.Server.AbsoluteUri.TrimEnd('/') + Path))
        {
            Version = https ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.TryAddWithoutValidation("Accept", "application/json");
        message.Headers.TryAddWithoutValidation("User-Agent", "ClusterHeal");
        // SocketsHttpHandler asks for, and checks, the name in this header and no other; API servers do not read it.
        if (https) message.Headers.Host = connection.TlsServerName;
        foreach (var (name, value) in connection.Impersonation.Headers()) message.Headers.TryAddWithoutValidation(name, value);
        if (Body is null) return message;
        message.Content = new ByteArrayContent(Body);
        message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        message.Content.Headers.TryAddWithoutValidation("Content-Length", Body.Length.ToString(CultureInfo.InvariantCulture));
        return message;
    }
}
