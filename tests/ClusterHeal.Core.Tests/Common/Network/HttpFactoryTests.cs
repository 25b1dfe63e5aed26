using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using ClusterHeal.Hosts;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Pki;
using ClusterHeal.Tests.Kubernetes;

namespace ClusterHeal.Tests.Common;

public sealed partial class HttpFactoryTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void No_other_file_makes_a_handler_or_a_client()
    {
        var source = Path.Combine(RepositoryRoot.Path, "src");
        var makers =
            from file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            let path = Path.GetRelativePath(source, file)
            where !path.Split(Path.DirectorySeparatorChar).Contains("obj") && Made().IsMatch(File.ReadAllText(file))
            select path.Replace('\\', '/');
        Assert.Equal(["ClusterHeal.Core/Common/Network/HttpFactory.cs"], makers);
    }

    /// <summary>The framework reads these variables once in a process, so another one runs the tests of <see cref="DirectHttpTests"/>.</summary>
    [Fact]
    public async Task The_proxy_of_the_environment_is_not_used()
    {
        using var dead = new ClosedPort();
        var start = new ProcessStartInfo("dotnet", [typeof(HttpFactoryTests).Assembly.Location, "-class", typeof(DirectHttpTests).FullName!])
        {
            RedirectStandardOutput = true,
        };
        foreach (var name in (string[])["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"])
        {
            start.Environment[name] = start.Environment[name.ToLowerInvariant()] = $"http://{dead.Endpoint}";
        }

        start.Environment.Remove("NO_PROXY");
        start.Environment.Remove("no_proxy");
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.True(process.ExitCode == 0, output);
        Assert.Contains("Total: 2", output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"new (SocketsHttpHandler|HttpClientHandler|WinHttpHandler|HttpClient|HttpMessageInvoker)\b|\b(SocketsHttpHandler|HttpClient|HttpMessageInvoker)\??\s+\w+\s*=\s*new\s*\(")]
    private static partial Regex Made();
}

/// <summary>What asks a server by HTTP, asks the server itself.</summary>
public sealed class DirectHttpTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_client_of_the_api_does()
    {
        await using var server = new ScriptedApi(_ => new ScriptedAnswer(200, """{"gitVersion":"v1.36.2"}"""));
        using var client = server.Connect();
        Assert.Equal("v1.36.2", await client.VersionAsync(Stop));
    }

    [Fact]
    public async Task The_probe_of_a_hosts_api_server_does()
    {
        using var folder = new TempFolder();
        using var authority = CertificateAuthority.Create("test");
        var issued = authority.Issue("kube-apiserver", ["localhost"]);
        var file = folder.File("apiserver.crt");
        await File.WriteAllTextAsync(file, issued.CertificatePem, Stop);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, issued);
        await using var shell = HostShell.OpenLocal(new HostConnection { HostName = "m0" });
        var status = new ComponentStatus
        {
            HostName = "m0",
            Component = ClusterComponent.ApiServer,
            State = ComponentState.Running,
            Port = ((IPEndPoint)listener.LocalEndpoint).Port,
            CommandLine = ["kube-apiserver", $"--tls-cert-file={file}"],
        };
        Assert.True(await new ApiServerProbe(shell, status).IsLiveAsync(Stop));
        await serving;
    }

    private static async Task ServeAsync(TcpListener listener, IssuedCertificate issued)
    {
        using var made = X509Certificate2.CreateFromPem(issued.CertificatePem, issued.KeyPem);
        await using var stream = new SslStream(new NetworkStream(await listener.AcceptSocketAsync(Stop), ownsSocket: true));
        await stream.AuthenticateAsServerAsync(made);
        await stream.ReadAtLeastAsync(new byte[1024], 1, throwOnEndOfStream: false, Stop);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), Stop);
    }
}
