using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Common;

namespace ClusterHeal.Operations;

/// <summary>The certificate that a server shows. Only the handshake is sent, so servers whose certificate is no longer trusted are examined, too.</summary>
/// <param name="Target">The server's name in results.</param>
/// <param name="Use">What it is: <c>kubelet</c>.</param>
/// <param name="Host">Its address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Dialer">How it is reached; null for TCP.</param>
/// <param name="Renewal">How its certificate is renewed.</param>
internal sealed record ShownCertificate(string Target, string Use, string Host, int Port, StreamDialer? Dialer, string Renewal)
{
    /// <summary>True if Update-ControlPlaneCertificate renews it.</summary>
    public bool IsOfControlPlane { get; init; }

    /// <summary>A connection through a host may have to log in first.</summary>
    private TimeSpan Patience => TimeSpan.FromSeconds(Dialer is null ? 4 : 20);

    /// <summary>Reads it.</summary>
    public async Task<CertificateSightings> LookAsync(CancellationToken cancellationToken)
    {
        var (certificate, obstacle) = await SeeAsync(cancellationToken).ConfigureAwait(false);
        using (certificate)
        {
            return certificate is not null
                ? new CertificateSightings([new CertificateFacts(Target, Use, certificate.NotAfter.ToUniversalTime(), Renewal) { IsOfControlPlane = IsOfControlPlane }], [])
                : new CertificateSightings([], [Unseen(obstacle)]);
        }
    }

    /// <summary>The certificate, or why it could not be read.</summary>
    public async Task<(X509Certificate2? Certificate, string Obstacle)> SeeAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        X509Certificate2? seen = null;
        var obstacle = "it showed none";
        try
        {
            var stream = await (Dialer ?? SocketDialer.DialTcpAsync)(Host, Port, deadline.Token).ConfigureAwait(false);
            var secure = new SslStream(stream);
            await using (secure.ConfigureAwait(false))
            {
                var options = new SslClientAuthenticationOptions
                {
                    TargetHost = Host,
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    {
                        if (certificate is not null) seen = new X509Certificate2(certificate);
                        return false; // It is only read. Nothing is sent to the server: the connection ends here.
                    },
                };
                await secure.AuthenticateAsClientAsync(options, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            obstacle = $"no answer within {Patience.TotalSeconds:0} s";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The handshake always ends like this. The certificate was shown by then, and nothing else is needed. The address may be anything that
            // is written in the API, and one odd server must not hide the others.
            obstacle = e.Message;
        }

        return (seen, obstacle);
    }

    /// <summary>A result that says that it was not seen.</summary>
    public UnseenCertificate Unseen(string obstacle) => new(Target, Use, obstacle);
}
