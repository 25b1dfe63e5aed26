using System.Net;
using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Common;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>Asks the API server of a host, through that host and where it listens there, whether it lives.</summary>
internal sealed class ApiServerProbe(IHostShell shell, ComponentStatus status)
{
    private const int DefaultPort = 6443;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// True where <c>/livez</c> says so, or where the server wants to know first who asks. The server must show the very certificate that
    /// its flag names on the host. Without that flag it makes one for itself, and whatever it shows is taken: it is asked at its own port.
    /// </summary>
    public async Task<bool> IsLiveAsync(CancellationToken cancellationToken) => IsYes(await AskAsync(["livez"], cancellationToken).ConfigureAwait(false));

    /// <summary>The same by <see cref="AskReadyAsync"/>: whether it can serve.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken) => IsYes(await AskReadyAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>The address at which a host reaches its own API server: the one that it is bound to, else loopback.</summary>
    public static string AddressOf(ComponentStatus server) =>
        server.Flag("--bind-address") is { } bound and not ("0.0.0.0" or "::" or "[::]") ? bound : "127.0.0.1";

    /// <summary>Whether an answer of <see cref="AskReadyAsync"/> means that it can serve: a server that wants to know who asks does serve.</summary>
    public static bool IsYes(HttpStatusCode? code) => code is HttpStatusCode.OK or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

    /// <summary>
    /// The status code with which the server says whether it can serve, or null where no answer came. It is asked for <c>/readyz</c> and then
    /// for <c>/livez</c>: OpenShift's server says that it is ready when it has lost its etcd, and only its <c>/livez</c> tells.
    /// </summary>
    public Task<HttpStatusCode?> AskReadyAsync(CancellationToken cancellationToken) => AskAsync(["readyz", "livez"], cancellationToken);

    /// <summary>
    /// True if at another address, as seen from the host, there is an API server that lives. It listens on the same port, and its certificate is by the
    /// same authority; if the server of the host shows one of its own making, there is no authority to compare.
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

    // The first answer that is not a yes, else the last one.
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

    // The certificate that its flag names, or null without that flag.
    private async Task<X509Certificate2?> NamedCertificateAsync(CancellationToken cancellationToken)
    {
        if (status.Flag("--tls-cert-file") is not { } path) return null;
        using var content = new MemoryStream();
        await shell.ReadFileAsync(path, content, cancellationToken).ConfigureAwait(false);
        return X509Certificate2.CreateFromPem(System.Text.Encoding.ASCII.GetString(content.ToArray()));
    }
}
