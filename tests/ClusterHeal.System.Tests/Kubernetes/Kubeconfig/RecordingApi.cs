using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ClusterHeal.Practice.Pki;

namespace ClusterHeal.Tests.Kubernetes.Kubeconfig;

/// <summary>An API server that answers one thing and writes down who asks, byte for byte as it was sent: over TLS and without.</summary>
internal sealed class RecordingApi : IAsyncDisposable
{
    private const string Body = """{"major":"1","minor":"36","gitVersion":"v1.36.0","platform":"linux/amd64"}""";
    private readonly CertificateAuthority _authority = CertificateAuthority.Create("recording");
    private readonly X509Certificate2 _certificate;
    private readonly TcpListener _secure = Listen();
    private readonly TcpListener _plain = Listen();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private readonly List<string> _seen = [];

    public RecordingApi()
    {
        var issued = _authority.Issue("server", ["127.0.0.1", "localhost", "other.example"]);
        _certificate = X509Certificate2.CreateFromPem(issued.CertificatePem, issued.KeyPem);
        _serving = Task.WhenAll(ServeAsync(_secure, secure: true), ServeAsync(_plain, secure: false));
    }

    public string AuthorityPem => _authority.CertificatePem;

    public int SecurePort => ((IPEndPoint)_secure.LocalEndpoint).Port;

    public int PlainPort => ((IPEndPoint)_plain.LocalEndpoint).Port;

    public IssuedCertificate IssueClient(string name) => _authority.Issue(name, []);

    /// <summary>What came since the last call; empty where nobody asked.</summary>
    public string Take()
    {
        lock (_seen)
        {
            var all = string.Join("\n", _seen);
            _seen.Clear();
            return all;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _secure.Stop();
        _plain.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _certificate.Dispose();
        _authority.Dispose();
        _stop.Dispose();
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private async Task ServeAsync(TcpListener listener, bool secure)
    {
        while (!_stop.IsCancellationRequested) _ = AnswerAsync(await listener.AcceptTcpClientAsync(_stop.Token), secure);
    }

    private async Task AnswerAsync(TcpClient client, bool secure)
    {
        using var _ = client;
        var network = client.GetStream();
        try
        {
            Stream stream = network;
            var name = "";
            if (secure)
            {
                var tls = new SslStream(stream);
                stream = tls;
                await tls.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions
                    {
                        ServerCertificate = _certificate,
                        ClientCertificateRequired = true,
                        // It checks nobody: it writes down who asks.
#pragma warning disable CA5359
                        RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
                    },
                    _stop.Token);
                name = tls.RemoteCertificate?.Subject ?? "";
            }

            await using var owned = stream;
            var head = await ReadHeadAsync(stream);
            if (head.Length == 0) return;
            lock (_seen) _seen.Add($"{(secure ? "https" : "http")} {name} {Shown(head)}");
            var answer = $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), _stop.Token);
        }
        catch (System.Security.Authentication.AuthenticationException)
        {
            // As Go's server answers one who speaks no TLS; without an answer kubectl would try again for seconds.
            await network.WriteAsync("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"u8.ToArray(), _stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // A client that does not like the certificate hangs up.
        }
    }

    private async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var buffer = new byte[4096];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, _stop.Token);
            if (read == 0) return "";
            head.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return head.ToString();
    }

    // The path, and the headers that say who asks.
    private static string Shown(string head)
    {
        var lines = head.Split("\r\n");
        // The library that we speak through ends one path in a slash, which servers take for the same.
        var path = lines[0].Split(' ')[1].Split('?')[0].TrimEnd('/');
        var headers =
            from line in lines.Skip(1)
            let pair = line.Split(": ", 2)
            let header = pair[0].ToLowerInvariant()
            where header == "authorization" || header.StartsWith("impersonate-", StringComparison.Ordinal)
            orderby header
            select $"{header}={pair[1]}";
        return string.Join(" ", headers.Prepend(path));
    }
}
