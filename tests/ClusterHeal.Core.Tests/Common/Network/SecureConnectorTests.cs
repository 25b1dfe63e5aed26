using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Common;

namespace ClusterHeal.Tests.Common;

public sealed class SecureConnectorTests
{
    /// <summary>Go's clients trust whatever is in the CA file, a root or not; certificates that Vault or step-ca issued need it.</summary>
    [Fact]
    public async Task A_ca_file_that_holds_only_the_issuing_intermediate_or_the_servers_certificate_is_enough()
    {
        using var root = Authority("root", null);
        using var intermediate = Authority("intermediate", root);
        using var stranger = Authority("stranger", root);
        using var server = Issue("localhost", intermediate, isAuthority: false);

        Assert.Null(await ConnectAsync(server, intermediate));
        Assert.Null(await ConnectAsync(server, server));
        var fault = await ConnectAsync(server, stranger);
        Assert.Equal(ErrorIds.CertificateUntrusted, fault?.ErrorId);
    }

    private static async Task<ConnectionException?> ConnectAsync(X509Certificate2 server, X509Certificate2 trusted)
    {
        var stop = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, server, stop);
        using var tls = new TlsMaterial(new PemText("ca.crt", trusted.ExportCertificatePem()));
        var connector = new SecureConnector("the server", tls, verify: true, dialer: null, TimeSpan.FromSeconds(10), TimeProvider.System);
        try
        {
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            await using var stream = await connector.ConnectAsync("localhost", port, SslApplicationProtocol.Http2, stop);
            return null;
        }
        catch (ConnectionException e)
        {
            return e;
        }
        finally
        {
            await serving;
        }
    }

    private static async Task ServeAsync(TcpListener listener, X509Certificate2 certificate, CancellationToken stop)
    {
        await using var stream = new SslStream(new NetworkStream(await listener.AcceptSocketAsync(stop), ownsSocket: true));
        try
        {
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop);
            await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, stop);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client hung up, as it should where it does not trust the certificate.
        }
    }

    private static X509Certificate2 Authority(string name, X509Certificate2? issuer) => Issue(name, issuer, isAuthority: true);

    private static X509Certificate2 Issue(string name, X509Certificate2? issuer, bool isAuthority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        // No certificate may outlive its issuer's, which was perhaps made in the second before.
        if (issuer is null) return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        using var certificate = request.Create(issuer, issuer.NotBefore, issuer.NotAfter, RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }
}
