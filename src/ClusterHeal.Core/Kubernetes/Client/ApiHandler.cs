using System.Net;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// What is below the library's client: connections that check the server as the kubeconfig says, and the credentials of every request,
/// renewed when the server refuses them.
/// </summary>
internal sealed class ApiHandler(KubernetesConnection connection, TimeProvider time) : HttpMessageHandler
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly List<ApiChannel> _channels = [];
    private ApiChannel? _channel;
    private TimeSpan _serverAhead;
    private int _requests;

    /// <summary>The time by the server's clock, from its last answer. The age of leases is measured by it, not by our clock.</summary>
    public DateTimeOffset ServerNow => time.GetUtcNow() + _serverAhead;

    /// <summary>Why the server's certificate was last refused, or null.</summary>
    public ConnectionException? Verdict => _channel?.Verdict;

    /// <summary>How many requests were sent.</summary>
    public int RequestCount => _requests;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "ClusterHeal");
        // SocketsHttpHandler asks for, and checks, the name in this header and no other. API servers do not read the header.
        if (request.RequestUri?.Scheme == Uri.UriSchemeHttps) request.Headers.Host = connection.TlsServerName;
        foreach (var (name, value) in connection.Impersonation.Headers()) request.Headers.TryAddWithoutValidation(name, value);

        var response = await SendOnceAsync(request, renew: false, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized || !connection.Credentials.CanRenew) return response;
        response.Dispose();
        return await SendOnceAsync(request, renew: true, cancellationToken).ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var channel in _channels) channel.Dispose();
            _one.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, bool renew, CancellationToken cancellationToken)
    {
        var credential = await connection.Credentials.GetAsync(renew, cancellationToken).ConfigureAwait(false);
        var channel = await ChannelAsync(credential, cancellationToken).ConfigureAwait(false);
        request.Headers.Authorization = credential.Authorization;
        Interlocked.Increment(ref _requests);
        var response = await channel.Invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.Headers.Date is { } date) _serverAhead = Skew(date);
        return response;
    }

    /// <summary>The header has whole seconds, so less than two seconds are no difference.</summary>
    private TimeSpan Skew(DateTimeOffset date)
    {
        var ahead = date - time.GetUtcNow();
        return ahead.Duration() < TimeSpan.FromSeconds(2) ? TimeSpan.Zero : ahead;
    }

    /// <summary>The connections that present this client certificate. Another certificate needs others.</summary>
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
