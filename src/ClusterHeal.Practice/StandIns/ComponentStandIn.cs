using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ClusterHeal.Practice.Pki;

namespace ClusterHeal.Practice.StandIns;

/// <summary>
/// A stand-in for a component of the control plane: a process that listens on the component's port and answers its health paths over
/// TLS with <c>ok</c>, everything else with 404.
/// </summary>
internal static class ComponentStandIn
{
    /// <summary>The command of this program that is it; the component's name follows.</summary>
    public const string Command = "component-stand-in";

    /// <summary>The port on which the real component listens.</summary>
    public static int PortOf(string component) => component switch
    {
        "kube-apiserver" => 6443,
        "kube-controller-manager" => 10257,
        "kube-scheduler" => 10259,
        _ => throw new PracticeException($"There is no stand-in for '{component}'."),
    };

    /// <summary>Runs until it is cancelled.</summary>
    public static async Task<int> RunAsync(string component, CancellationToken cancellationToken)
    {
        // The name by which a process is looked for; without this it would be that of the runtime.
        await File.WriteAllTextAsync("/proc/self/comm", component, cancellationToken);
        using var authority = CertificateAuthority.Create("practice");
        var issued = authority.Issue(component, [Environment.MachineName, "localhost", "127.0.0.1"]);
        using var certificate = X509Certificate2.CreateFromPem(issued.CertificatePem, issued.KeyPem);
        using var listener = new TcpListener(IPAddress.Any, PortOf(component));
        listener.Start();
        Console.WriteLine($"This is a stand-in for {component}, on a practice host.");
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync(cancellationToken);
            _ = AnswerAsync(client, certificate, cancellationToken);
        }
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
                var (status, body) = healthy ? ("200 OK", "ok") : ("404 Not Found", "This is a stand-in of a practice cluster.\n");
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
