using System.Net;
using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Common;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>Asks the API server of a host whether it is live, through that host and at the address where it listens.</summary>
internal sealed class ApiServerProbe(IHostShell shell, ComponentStatus status)
{
    private const int DefaultPort = 6443;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// True if <c>/livez</c> says so, or if the server demands a login first. The server must present exactly the certificate of its flag on the
    /// host. Without that flag it makes its own certificate, and any is accepted: it is asked at its own port.
    /// </summary>
    public async Task<bool> IsLiveAsync(CancellationToken cancellationToken) => IsYes(await AskAsync(["livez"], cancellationToken).ConfigureAwait(false));

    /// <summary>The same with <see cref="AskReadyAsync"/>: whether it can serve.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken) => IsYes(await AskReadyAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>The address at which a host reaches its own API server: the bind address, otherwise loopback.</summary>
    public static string AddressOf(ComponentStatus server) =>
        server.Flag("--bind-address") is { } bound and not ("0.0.0.0" or "::" or "[::]") ? bound : "127.0.0.1";

    /// <summary>Whether an answer of <see cref="AskReadyAsync"/> means that it can serve. A server that demands a login does serve.</summary>
    public static bool IsYes(HttpStatusCode? code) => code is HttpStatusCode.OK or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

    /// <summary>
    /// The status code with which the server says whether it can serve, or null without an answer. It is asked for <c>/readyz</c> and then for
    /// <c>/livez</c>: OpenShift's server says that it is ready even if it has lost its etcd; only its <c>/livez</c> shows that.
    /// </summary>
    public Task<HttpStatusCode?> AskReadyAsync(CancellationToken cancellationToken) => AskAsync(["readyz", "livez"], cancellationToken);

    /// <summary>
    /// True if there is a live API server at another address, as seen from the host. It listens on the same port, and its certificate is from the
    /// same authority. If the host's server makes its own certificate, there is no authority to compare.
    /// </summary>
    /// <param name="address">The address.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<bool> AnotherIsLiveAsync(string address, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            using var own = await NamedCertificateAsync(deadline.Token).ConfigureAwait(false);
            return IsYes(await AskAsync(address, ["livez"], shown => own is null || shown.Issuer == own.Issuer, deadline.Token).ConfigureAwait(false));
        }
        catch (Exception e) when (IsNoAnswer(e, cancellationToken))
        {
            return false;
        }
    }

    // The first answer that is not a yes, otherwise the last one.
    private async Task<HttpStatusCode?> AskAsync(string[] checks, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            using var named = await NamedCertificateAsync(deadline.Token).ConfigureAwait(false);
            return await AskAsync(AddressOf(status), checks, shown => named is null || named.RawData.AsSpan().SequenceEqual(shown.GetRawCertData()), deadline.Token)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (IsNoAnswer(e, cancellationToken))
        {
            return null;
        }
    }

    private async Task<HttpStatusCode?> AskAsync(
        string address, string[] checks, Func<X509Certificate, bool> isExpected, CancellationToken cancellationToken)
    {
        var port = status.Port ?? DefaultPort;
        using var handler = HttpFactory.Handler();
        handler.ConnectCallback = (_, stop) => shell.DialAsync(address, port, stop);
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && isExpected(shown);
        using var client = HttpFactory.Client(handler);
        HttpStatusCode? code = null;
        foreach (var check in checks)
        {
            using var answer = await client.GetAsync(new Uri($"https://localhost:{port}/{check}"), cancellationToken).ConfigureAwait(false);
            code = answer.StatusCode;
            if (!IsYes(code)) break;
        }

        return code;
    }

    private static bool IsNoAnswer(Exception fault, CancellationToken userStop) =>
        fault is HttpRequestException or IOException || (fault is OperationCanceledException && !userStop.IsCancellationRequested);

    // The certificate of its flag, or null without that flag.
    private async Task<X509Certificate2?> NamedCertificateAsync(CancellationToken cancellationToken)
    {
        if (status.Flag("--tls-cert-file") is not { } path) return null;
        using var content = new MemoryStream();
        await shell.ReadFileAsync(path, content, cancellationToken).ConfigureAwait(false);
        return X509Certificate2.CreateFromPem(System.Text.Encoding.ASCII.GetString(content.ToArray()));
    }
}
