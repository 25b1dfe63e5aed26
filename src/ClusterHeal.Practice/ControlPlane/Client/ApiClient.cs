using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterHeal.Common;
using ClusterHeal.Practice.ControlPlane.Objects;

namespace ClusterHeal.Practice.ControlPlane.Client;

/// <summary>What the components need of the API: objects as they come, one request per call, no retries.</summary>
internal sealed class ApiClient : IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(15);
    private readonly HttpClient _http;
    private readonly Uri _server;

    /// <summary>Prepares a client; nothing is dialled yet.</summary>
    public ApiClient(Kubeconfig config)
    {
        var handler = HttpFactory.Handler();
        handler.ConnectTimeout = TimeSpan.FromSeconds(5);
        handler.EnableMultipleHttp2Connections = true;
        handler.KeepAlivePingDelay = TimeSpan.FromSeconds(15);
        handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(15);
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(config.Authorities);
        if (config.Certificate is { } certificate)
        {
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        }
        _http = HttpFactory.Client(handler);
        _http.DefaultRequestVersion = HttpVersion.Version20;
        _http.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("clusterheal-practice", null));
        if (config.Token is { } token) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        _server = config.Server;
    }

    /// <summary>True where the server calls itself ready.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(new Uri(_server, "/readyz"), cancellationToken);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Reads an object, or null where there is none.</summary>
    public async Task<JsonObject?> GetAsync(ResourceKind kind, string? ns, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(HttpMethod.Get, PathOf(kind, ns, name), null, null, cancellationToken);
        }
        catch (ApiError e) when (e.Code == 404)
        {
            return null;
        }
    }

    /// <summary>Reads all objects of a kind.</summary>
    public async Task<(IReadOnlyList<JsonObject> Items, string Revision)> ListAsync(
        ResourceKind kind, string query, CancellationToken cancellationToken)
    {
        var list = await SendAsync(HttpMethod.Get, $"{kind.Path(null)}?{query}", null, null, cancellationToken);
        var items = list.Items("items").ToArray();
        ((JsonArray)list["items"]!).Clear();
        foreach (var item in items)
        {
            item["kind"] = kind.Kind;
            item["apiVersion"] = kind.ApiVersion;
        }
        return (items, list.Text("metadata", "resourceVersion") ?? "");
    }

    /// <summary>Follows the changes of a kind from a revision on until the server ends it.</summary>
    public async IAsyncEnumerable<(string Type, JsonObject Object)> WatchAsync(
        ResourceKind kind, string query, string revision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = $"{kind.Path(null)}?watch=true&allowWatchBookmarks=true&resourceVersion={revision}&{query}";
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_server, path));
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await ThrowUnlessSuccessAsync(response, cancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0 || JsonNode.Parse(line) is not JsonObject change) continue;
            var o = (JsonObject)change["object"]!;
            change.Remove("object");
            yield return (change.Text("type")!, o);
        }
    }

    /// <summary>Creates an object.</summary>
    public Task<JsonObject> CreateAsync(ResourceKind kind, JsonObject o, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, kind.Path(kind.Namespaced ? o.Namespace() : null), o, null, cancellationToken);

    /// <summary>Posts to a part of an object, as bindings and evictions are.</summary>
    public Task<JsonObject> PostAsync(ResourceKind kind, string ns, string name, string part, JsonObject body,
        CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"{PathOf(kind, ns, name)}/{part}", body, null, cancellationToken);

    /// <summary>Replaces an object, or a part of it, unless it has changed meanwhile.</summary>
    public Task<JsonObject> ReplaceAsync(ResourceKind kind, JsonObject o, string? part, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, PathOf(kind, o.Namespace(), o.Name()) + (part is null ? "" : "/" + part), o, null, cancellationToken);

    /// <summary>Merges a patch into an object.</summary>
    public Task<JsonObject> MergeAsync(
        ResourceKind kind, string ns, string name, string? part, JsonObject patch, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Patch, PathOf(kind, ns, name) + (part is null ? "" : "/" + part), patch, "application/merge-patch+json",
                cancellationToken);

    /// <summary>Deletes an object, if it still is the one that is meant.</summary>
    public Task<JsonObject> DeleteAsync(ResourceKind kind, JsonObject o, JsonObject options, CancellationToken cancellationToken)
    {
        var body = options.Copy();
        body["kind"] = "DeleteOptions";
        body["apiVersion"] = "v1";
        body["preconditions"] = new JsonObject { ["uid"] = o.Uid() };
        return SendAsync(HttpMethod.Delete, PathOf(kind, o.Namespace(), o.Name()), body, null, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string PathOf(ResourceKind kind, string? ns, string name) => $"{kind.Path(kind.Namespaced ? ns : null)}/{name}";

    private async Task<JsonObject> SendAsync(
        HttpMethod method, string path, JsonNode? body, string? type, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(CallTimeout);
        using var request = new HttpRequestMessage(method, new Uri(_server, path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(
                body.Bytes())
            { Headers = { ContentType = new MediaTypeHeaderValue(type ?? "application/json") } };
        }
        try
        {
            using var response = await _http.SendAsync(request, deadline.Token);
            await ThrowUnlessSuccessAsync(response, deadline.Token);
            return Json.Parse(await response.Content.ReadAsByteArrayAsync(deadline.Token));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"{method} {path}: no answer within {CallTimeout.TotalSeconds} s", e);
        }
    }

    private static async Task ThrowUnlessSuccessAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode) return;
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        JsonNode? status = null;
        try
        {
            status = JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            // Not every refusal is a Status: the text then says it.
        }
        throw new ApiError((int)response.StatusCode, status.Text("reason"), status.Text("message") ?? text.Trim());
    }
}
