using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ClusterHeal.Common;
using k8s;
using k8s.Autorest;

namespace ClusterHeal.Kubernetes;

/// <summary>
/// The client of the library KubernetesClient, on connections of ours. It knows the paths, parameters and bodies of the API. How it reads an answer
/// is overridden: the library waits for the rest of a body with a blocked thread, and no deadline ends it.
/// </summary>
internal sealed class ApiClient : k8s.Kubernetes
{
    private readonly JsonSerializerOptions _json;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <param name="server">The address of the API server.</param>
    /// <param name="handler">What sends, closed with the client.</param>
    public ApiClient(Uri server, HttpMessageHandler handler)
        : this(new KubernetesClientConfiguration { Host = server.AbsoluteUri }, handler)
    {
    }

    private ApiClient(KubernetesClientConfiguration configuration, HttpMessageHandler handler)
        : base(configuration)
    {
        // The library's own handler would accept a certificate for any name, and use the proxy of the environment.
        HttpClient.Dispose();
        HttpClient = HttpFactory.Client(handler);
        // Each call has a token with a deadline.
        HttpClientTimeout = Timeout.InfiniteTimeSpan;
        _json = configuration.JsonSerializerOptions;
    }

    /// <summary>How a type is read: selected fields for our models, all fields for those of the library.</summary>
    public JsonTypeInfo<T> TypeInfo<T>() =>
        ApiJson.Find<T>() ?? (JsonTypeInfo<T>)_json.GetTypeInfo(typeof(T));

    /// <summary>The library asks for <c>/version/</c>. kubectl asks for <c>/version</c>, so proxies in front of a server know only that.</summary>
    protected override Task<HttpResponseMessage> SendRequest<T>(
        string relativeUri,
        HttpMethod method,
        IReadOnlyDictionary<string, IReadOnlyList<string>> customHeaders,
        T body,
        CancellationToken cancellationToken) =>
        base.SendRequest(relativeUri.TrimEnd('/'), method, customHeaders, body, cancellationToken);

    protected override async Task<HttpResponseMessage> SendRequestRaw(
        string requestContent, HttpRequestMessage httpRequest, CancellationToken cancellationToken)
    {
        var response = await HttpClient.SendAsync(httpRequest, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode) return response;
        using (httpRequest)
        using (response)
        {
            throw await ApiRefusal.ReadAsync(response, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the body of an answer, but not that of a watch. A body that is asked for as an object is not read: nobody uses it.</summary>
    protected override async Task<HttpOperationResponse<T>> CreateResultAsync<T>(
        HttpRequestMessage httpRequest, HttpResponseMessage httpResponse, bool? watch, CancellationToken cancellationToken)
    {
        var result = new HttpOperationResponse<T> { Request = httpRequest, Response = httpResponse };
        if (watch == true) return result;
        using (httpRequest)
        using (httpResponse)
        {
            if (typeof(T) == typeof(object)) return result;
            var stream = await httpResponse.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using var lifetime = stream.ConfigureAwait(false);
            result.Body = await JsonSerializer.DeserializeAsync(stream, TypeInfo<T>(), cancellationToken).ConfigureAwait(false)
                ?? throw new JsonException("null");
        }

        return result;
    }
}
