using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using ClusterHeal.Practice.Clusters;

namespace ClusterHeal.Tests.Kubernetes.Live;

/// <summary>The API in plain HTTP and JSON.</summary>
public sealed class RawApi : IDisposable
{
    private readonly HttpClient _http;

    public RawApi(LocalControlPlane plane)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPem(plane.Authority.CertificatePem);
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = trust;
        _http = new HttpClient(handler) { BaseAddress = new Uri(plane.Server) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", plane.AdminToken);
    }

    public async Task<JsonNode> GetAsync(string path) => (await SendAsync(HttpMethod.Get, path, null, null)).Json;

    public async Task<bool> ExistsAsync(string path)
    {
        using var answer = await _http.GetAsync(path);
        return answer.IsSuccessStatusCode;
    }

    public async Task<JsonNode> PostAsync(string path, string json) => (await SendAsync(HttpMethod.Post, path, json, "application/json")).Json;

    public async Task PatchAsync(string path, string json, bool strategic = false) =>
        await SendAsync(HttpMethod.Patch, path, json, strategic ? "application/strategic-merge-patch+json" : "application/merge-patch+json");

    /// <summary>Deletes; that there is nothing to delete is as good.</summary>
    public async Task DeleteAsync(string path, string? options = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        if (options is not null) request.Content = new StringContent(options, Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request);
        if (answer.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.Conflict)) answer.EnsureSuccessStatusCode();
    }

    public async Task<JsonArray> ItemsAsync(string path) => (await GetAsync(path))["items"]!.AsArray();

    public void Dispose() => _http.Dispose();

    private async Task<(HttpStatusCode Status, JsonNode Json)> SendAsync(HttpMethod method, string path, string? body, string? contentType)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, new MediaTypeHeaderValue(contentType!));
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode) throw new HttpRequestException($"{method} {path}: {(int)answer.StatusCode} {text}", null, answer.StatusCode);
        return (answer.StatusCode, JsonNode.Parse(text)!);
    }
}
