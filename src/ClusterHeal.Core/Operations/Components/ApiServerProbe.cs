using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Common;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>Asks the API server of a host, through that host and where it listens there, whether it lives.</summary>
internal sealed class ApiServerProbe(IHostShell shell, ComponentStatus status)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// True where <c>/livez</c> says so, or where the server wants to know first who asks. The server must show the very certificate that
    /// its flag names on the host; without that flag its open port is all that is asked for.
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

    // The first answer that is not a yes, else the last one.
    private async Task<HttpStatusCode?> AskAsync(string[] checks, CancellationToken cancellationToken)
    {
        if (status.Flag("--tls-cert-file") is not { } certificateFile || status.Port is not { } port) return HttpStatusCode.OK;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            using var expected = await ReadCertificateAsync(certificateFile, deadline.Token).ConfigureAwait(false);
            using var handler = HttpFactory.Handler();
            handler.ConnectCallback = (_, stop) => shell.DialAsync(AddressOf(status), port, stop);
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown is not null && CryptographicOperations.FixedTimeEquals(shown.GetRawCertData(), expected.RawData);
            using var client = HttpFactory.Client(handler);
            HttpStatusCode? code = null;
            foreach (var check in checks)
            {
                using var answer = await client.GetAsync(new Uri($"https://localhost:{port}/{check}"), deadline.Token).ConfigureAwait(false);
                code = answer.StatusCode;
                if (!IsYes(code)) break;
            }

            return code;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private async Task<X509Certificate2> ReadCertificateAsync(string path, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await shell.ReadFileAsync(path, content, cancellationToken).ConfigureAwait(false);
        return X509Certificate2.CreateFromPem(System.Text.Encoding.ASCII.GetString(content.ToArray()));
    }
}
