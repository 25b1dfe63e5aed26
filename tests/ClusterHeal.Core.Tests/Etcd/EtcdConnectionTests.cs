using System.Net;
using System.Net.Sockets;
using System.Text;
using ClusterHeal.Common;
using ClusterHeal.Etcd;
using ClusterHeal.Practice.Etcd;
using ClusterHeal.Practice.Pki;

namespace ClusterHeal.Tests.Etcd;

/// <summary>Every way in which a connection can fail has its own error, with the endpoint and the next step.</summary>
public sealed class EtcdConnectionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-tls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(EtcdRelease.V34)]
    [InlineData(EtcdRelease.V35)]
    public async Task Each_fault_of_tls_is_told_apart(EtcdRelease release)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Release = release, Tls = true }, stop);
        var good = await TestConnection.ToAsync(etcd, stop);
        await AssertFault(ErrorIds.TlsExpected, good with { Tls = null, Endpoints = EtcdEndpoint.ParseMany(Bare(etcd)) });
        await AssertFault(ErrorIds.CertificateUntrusted, good with { Tls = null });
        var caAlone = await TlsMaterial.ReadAsync(etcd.CaFile, null, null, stop);
        await AssertFault(ErrorIds.ClientCertificateRequired, good with { Tls = caAlone });

        using var stranger = CertificateAuthority.Create("a stranger's CA");
        var ours = new PemText("client.crt", await File.ReadAllTextAsync(etcd.CertFile, stop));
        var ourKey = new PemText("client.key", await File.ReadAllTextAsync(etcd.KeyFile, stop));
        var ca = new PemText("ca.crt", await File.ReadAllTextAsync(etcd.CaFile, stop));
        var wrongCa = new PemText("stranger.crt", stranger.CertificatePem);
        var untrusted = await AssertFault(ErrorIds.CertificateUntrusted, good with { Tls = new TlsMaterial(wrongCa, ours, ourKey) });
        Assert.Contains("stranger.crt", untrusted.Message, StringComparison.Ordinal);

        var (foreignCert, foreignKey) = Pems(stranger.Issue("root", []), "foreign");
        await AssertFault(ErrorIds.ClientCertificateRejected, good with { Tls = new TlsMaterial(ca, foreignCert, foreignKey) });
        var yesterday = DateTimeOffset.UtcNow.AddDays(-1);
        var (oldCert, oldKey) = Pems(etcd.Authority!.Issue("root", [], null, yesterday.AddDays(-1), yesterday), "old");
        var expired = await AssertFault(ErrorIds.ClientCertificateRejected, good with { Tls = new TlsMaterial(ca, oldCert, oldKey) });
        Assert.Contains("expired", expired.Message, StringComparison.Ordinal);

        using var careless = (good with { Tls = new TlsMaterial(null, ours, ourKey), Insecure = true }).OpenFirst();
        Assert.NotNull(await careless.StatusAsync(stop));
    }

    /// <summary>The refusal lies in the socket, and a write fails before anybody has read it.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_refused_client_certificate_is_told_apart_even_if_a_write_fails_first(int write)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions { Tls = true }, stop);
        using var stranger = CertificateAuthority.Create("a stranger's CA");
        var (certificate, key) = Pems(stranger.Issue("root", []), "foreign");
        var ca = new PemText("ca.crt", await File.ReadAllTextAsync(etcd.CaFile, stop));
        await AssertFault(ErrorIds.ClientCertificateRejected, await TestConnection.ToAsync(etcd, stop) with
        {
            Tls = new TlsMaterial(ca, certificate, key),
            Dialer = async (host, port, token) => new LateStream(await SocketDialer.DialTcpAsync(host, port, token), write),
        });
    }

    [Fact]
    public async Task A_server_with_an_expired_certificate_or_another_name_is_not_trusted()
    {
        var stop = TestContext.Current.CancellationToken;
        using var authority = CertificateAuthority.Create("the CA");
        var yesterday = DateTimeOffset.UtcNow.AddDays(-1);
        var old = authority.Issue("server", ["127.0.0.1"], null, yesterday.AddDays(-1), yesterday);
        var other = authority.Issue("server", ["etcd9.example", "10.9.9.9"]);
        var tls = new TlsMaterial(new PemText("ca.crt", authority.CertificatePem));

        var expired = await AskServerWith(old, ErrorIds.CertificateExpired);
        Assert.Contains(yesterday.ToString("yyyy-MM-dd", null), expired.Message, StringComparison.Ordinal);
        var mismatch = await AskServerWith(other, ErrorIds.CertificateNameMismatch);
        Assert.Contains("etcd9.example, 10.9.9.9", mismatch.Message, StringComparison.Ordinal);

        async Task<EtcdException> AskServerWith(IssuedCertificate certificate, string errorId)
        {
            var (certFile, keyFile) = certificate.WriteTo(_folder, errorId);
            string[] arguments = [$"--cert-file={certFile}", $"--key-file={keyFile}"];
            var options = new LocalEtcdOptions { Tls = true, ClientCertAuth = false, Arguments = arguments };
            await using var etcd = await LocalEtcd.StartAsync(options, stop);
            return await AssertFault(errorId, new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany(etcd.Endpoint), Tls = tls });
        }
    }

    [Fact]
    public async Task A_plain_server_where_tls_is_meant_says_so()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), stop);
        await AssertFault(ErrorIds.TlsNotSpoken, new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany("https://" + Bare(etcd)) });
    }

    [Fact]
    public async Task Nothing_that_listens_and_no_such_name_are_told_apart()
    {
        using var port = new ClosedPort();
        await AssertFault(ErrorIds.ConnectionRefused, new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany(port.Endpoint) });
        await AssertFault(ErrorIds.HostUnreachable, new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany("no-such-host.invalid") });
        await AssertFault(ErrorIds.HostUnreachable, new EtcdConnection
        {
            Endpoints = EtcdEndpoint.ParseMany("far.example"),
            Dialer = (_, _, _) => throw new SocketException((int)SocketError.NetworkUnreachable),
        });
    }

    [Fact]
    public async Task A_silent_address_and_a_frozen_member_end_at_their_deadlines()
    {
        var stop = TestContext.Current.CancellationToken;
        var brief = TimeSpan.FromSeconds(1);
        await AssertFault(ErrorIds.ConnectionTimeout, new EtcdConnection
        {
            Endpoints = EtcdEndpoint.ParseMany("far.example"),
            ConnectTimeout = brief,
            Dialer = async (_, _, token) =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return Stream.Null;
            },
        });

        await using var etcd = await LocalEtcd.StartAsync(new LocalEtcdOptions(), stop);
        var connection = await TestConnection.ToAsync(etcd, stop) with { CallTimeout = brief };
        etcd.Members[0].Freeze();
        await AssertFault(ErrorIds.EtcdTimeout, connection);
        etcd.Members[0].Thaw();
    }

    [Fact]
    public async Task A_server_that_is_no_etcd_is_not_taken_for_one()
    {
        var stop = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(
            async () =>
            {
                using var socket = await listener.AcceptSocketAsync(stop);
                await socket.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), stop);
            },
            stop);
        var endpoint = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        await AssertFault(ErrorIds.TlsExpected, new EtcdConnection { Endpoints = EtcdEndpoint.ParseMany(endpoint) });
        await serving;
    }

    [Fact]
    public async Task The_callers_cancellation_stays_a_cancellation()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var connection = new EtcdConnection
        {
            Endpoints = EtcdEndpoint.ParseMany("far.example"),
            Dialer = async (_, _, token) =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return Stream.Null;
            },
        };
        using var client = connection.OpenFirst();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.StatusAsync(now.Token));
    }

    private static string Bare(LocalEtcd etcd) => new Uri(etcd.Endpoint).Authority;

    private static (PemText Certificate, PemText Key) Pems(IssuedCertificate issued, string name) =>
        (new PemText(name + ".crt", issued.CertificatePem), new PemText(name + ".key", issued.KeyPem));

    private static async Task<EtcdException> AssertFault(string errorId, EtcdConnection connection)
    {
        using var client = connection.OpenFirst();
        var error = await Assert.ThrowsAsync<EtcdException>(() => client.StatusAsync(TestContext.Current.CancellationToken));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(client.Endpoint.ToString(), error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Remedy);
        return error;
    }

    /// <summary>A connection whose write with this number finds the server gone, and whose reads take their time from then on.</summary>
    /// <param name="inner">The socket. The first two writes are the client's part of the handshake of TLS 1.3.</param>
    /// <param name="failing">The number of the write.</param>
    private sealed class LateStream(Stream inner, int failing) : DuplexStream
    {
        private int _writes;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (++_writes >= failing) throw new IOException("Broken pipe");
            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_writes >= 2) await Task.Delay(200, cancellationToken);
            return await inner.ReadAsync(buffer, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
