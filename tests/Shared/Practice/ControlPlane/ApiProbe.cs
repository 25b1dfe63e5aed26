using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using ClusterHeal.Common;
using ClusterHeal.Practice.Clusters;
using ClusterHeal.Practice.ControlPlane.Client;

namespace ClusterHeal.Tests.Practice.ControlPlane;

/// <summary>Sends single requests to an API server and shows the raw answers.</summary>
internal sealed class ApiProbe : IDisposable
{
    private readonly HttpClient _http;

    private readonly TlsMaterial _tls;

    public ApiProbe(LocalControlPlane plane, string? kubeconfig = null, bool anonymous = false)
        : this(kubeconfig ?? plane.Kubeconfig, anonymous)
    {
    }

    public ApiProbe(string kubeconfig, bool anonymous = false)
    {
        var server = ComponentKubeconfig.Read(kubeconfig);
        var credential = server.Credentials.GetAsync(renew: false, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        _tls = new TlsMaterial(server.Authorities, anonymous ? null : credential.Certificate, anonymous ? null : credential.Key);
        var handler = new SocketsHttpHandler
        {
            SslOptions =
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(_tls.Authorities!);
        handler.SslOptions.ClientCertificateContext = _tls.ClientCertificate;
        _http = new HttpClient(handler)
        {
            BaseAddress = server.Server, DefaultRequestVersion = HttpVersion.Version20, Timeout = TimeSpan.FromSeconds(100),
        };
    }

    public string? Token { get; init; }

    public async Task<ApiReply> SendAsync(string method, string path, JsonNode? body = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue(type));
        if (Token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new ApiReply((int)response.StatusCode, response.Headers.RetryAfter?.ToString(), text);
    }

    /// <summary>The lines of a watch, as they come.</summary>
    public async IAsyncEnumerable<JsonNode> WatchAsync(string path)
    {
        using var response = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        while (await lines.ReadLineAsync(TestContext.Current.CancellationToken) is { } line) yield return JsonNode.Parse(line)!;
    }

    public void Dispose()
    {
        _http.Dispose();
        _tls.Dispose();
    }
}

/// <summary>The answer to one request.</summary>
internal sealed record ApiReply(int Code, string? RetryAfter, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text)!;
}
