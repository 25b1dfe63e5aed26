using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ClusterHeal.Practice.ControlPlane.StandIns;

/// <summary>
/// The port of a component that tells its health and nothing else: over TLS <c>ok</c> on the health paths, 404 on all others.
/// </summary>
internal static class HealthPort
{
    /// <summary>Serves until it is cancelled.</summary>
    /// <param name="place">Where it listens.</param>
    /// <param name="component">The name in its certificate.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SocketException">The port is in use.</exception>
    public static async Task RunAsync(IPEndPoint place, string component, CancellationToken cancellationToken)
    {
        using var certificate = SelfSigned(component);
        using var listener = new TcpListener(place);
        listener.Start();
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync(cancellationToken);
            _ = AnswerAsync(client, certificate, cancellationToken);
        }
    }

    /// <summary>As the real components have it if no certificate is given to them.</summary>
    private static X509Certificate2 SelfSigned(string component)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={component}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Environment.MachineName);
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddDays(365));
    }

    private static async Task AnswerAsync(TcpClient client, X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        using (client)
        {
            try
            {
                await using var tls = new SslStream(client.GetStream());
                var options = new SslServerAuthenticationOptions { ServerCertificate = certificate };
                await tls.AuthenticateAsServerAsync(options, cancellationToken);
                using var reader = new StreamReader(tls, leaveOpen: true);
                var request = await reader.ReadLineAsync(cancellationToken) ?? "";
                while (await reader.ReadLineAsync(cancellationToken) is { Length: > 0 }) continue;
                var path = request.Split(' ').ElementAtOrDefault(1)?.Split('?')[0];
                var healthy = path is "/livez" or "/readyz" or "/healthz";
                var (status, body) = healthy ? ("200 OK", "ok") : ("404 Not Found", "This is part of a practice cluster.\n");
                var head = $"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
                await tls.WriteAsync(Encoding.ASCII.GetBytes(head + body), cancellationToken);
            }
            catch (Exception broken) when (broken is IOException or System.Security.Authentication.AuthenticationException)
            {
                Console.WriteLine($"A client went away: {broken.Message}");
            }
        }
    }
}
