using System.Net;

namespace ClusterHeal.Common;

/// <summary>
/// Makes every HTTP handler and client. Their servers are API servers, members of etcd and nodes. HTTPS_PROXY names a proxy for the web, which does
/// not lead there. So none is used except the one that a kubeconfig names.
/// </summary>
internal static class HttpFactory
{
    /// <summary>A handler without redirects and cookies.</summary>
    /// <param name="proxy">The proxy that the user named for this server, or null for none.</param>
    public static SocketsHttpHandler Handler(Uri? proxy = null) => new SocketsHttpHandler
    {
        UseProxy = proxy is not null,
        Proxy = proxy is null ? null : new WebProxy(proxy),
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
    };

    /// <summary>A client without a deadline of its own: each call has one.</summary>
    /// <param name="handler">What sends, closed with the client; null for <see cref="Handler"/>.</param>
    public static HttpClient Client(HttpMessageHandler? handler = null) =>
        new HttpClient(handler ?? Handler()) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Sends through a handler that was made for another client.</summary>
    /// <param name="handler">What sends, closed with the result.</param>
    public static HttpMessageInvoker Invoker(HttpMessageHandler handler) => new HttpMessageInvoker(handler);
}
