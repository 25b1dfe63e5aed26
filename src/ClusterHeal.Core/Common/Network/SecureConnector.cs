using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ClusterHeal.Common;

/// <summary>
/// Opens connections, with TLS if it is wanted, and says in words why one cannot be opened. HTTP clients use it as their
/// <see cref="SocketsHttpHandler.ConnectCallback"/>: a TLS stream that the callback returns is used as it is.
/// </summary>
/// <param name="target">The address in the words of the user, for messages.</param>
/// <param name="tls">Authorities and client certificate, or null.</param>
/// <param name="verify">False only if the user asked for it explicitly: then the server's identity does not matter.</param>
/// <param name="dialer">How to reach the server; null for TCP.</param>
/// <param name="timeout">How long one attempt may take, TLS included.</param>
/// <param name="time">The clock by which certificates expire.</param>
internal sealed class SecureConnector(
    string target, TlsMaterial? tls, bool verify, StreamDialer? dialer, TimeSpan timeout, TimeProvider time)
{
    private bool _clientCertificateWasDemanded;
    private IOException? _firstReadFault;

    /// <summary>Connects.</summary>
    /// <param name="host">The host name or address.</param>
    /// <param name="port">The port.</param>
    /// <param name="protocol">The application protocol to agree on over TLS, or null for a plain connection.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ConnectionException">There is no connection, or none that may be trusted.</exception>
    public async ValueTask<Stream> ConnectAsync(
        string host, int port, SslApplicationProtocol? protocol, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        Stream? stream = null;
        try
        {
            stream = await (dialer ?? SocketDialer.DialTcpAsync)(host, port, deadline.Token).ConfigureAwait(false);
            return protocol is null ? stream : await AuthenticateAsync(stream, host, protocol.Value, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (Explain(e) is { } fault) throw fault;
            throw;
        }
    }

    private async Task<Stream> AuthenticateAsync(
        Stream stream, string host, SslApplicationProtocol protocol, CancellationToken cancellationToken)
    {
        var secure = new FirstReadStream(stream, this, time);
        ConnectionException? verdict = null;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ApplicationProtocols = [protocol],
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = ChainPolicy(),
            ClientCertificateContext = tls?.ClientCertificate,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                if (verify) verdict = ServerCertificateVerdict.Judge(certificate, chain, errors, tls, host, target, time.GetUtcNow());
                return verdict is null;
            },
        };
        if (tls?.ClientCertificate is null)
        {
            // Called a second time, with the server's certificate, only if the server asks for ours.
            options.LocalCertificateSelectionCallback = (_, _, _, remote, _) =>
            {
                _clientCertificateWasDemanded |= remote is not null;
                return null!;
            };
        }

        try
        {
            await secure.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationException) when (verdict is not null)
        {
            throw verdict;
        }

        return secure;
    }

    private X509ChainPolicy? ChainPolicy()
    {
        if (tls?.Authorities is not { } authorities) return null;
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <summary>
    /// Why the server hung up instead of its first bytes, or null if it did not. With TLS 1.3 the client has finished its side
    /// of the handshake before the server looks at the client certificate; a refusal comes with the first read.
    /// </summary>
    public ConnectionException? ExplainFirstRead()
    {
        if (_firstReadFault is not { } cause) return null;
        if (_clientCertificateWasDemanded) return DemandedClientCertificate(cause);
        return tls?.ClientCertificate is not null && IsAboutCertificate(cause) ? RejectedClientCertificate(cause) : null;
    }

    /// <summary>An error about this server.</summary>
    /// <param name="id">One of <see cref="ErrorIds"/>.</param>
    /// <param name="category">The kind.</param>
    /// <param name="what">What the server does or does not do, without the end of the sentence.</param>
    /// <param name="remedy">What to do next.</param>
    /// <param name="cause">What the framework said.</param>
    public ConnectionException Fault(string id, FaultCategory category, string what, string remedy, Exception? cause) =>
        new(id, category, $"{target} {what}.", target, remedy, cause);

    /// <summary>The exception and what caused it, outermost first.</summary>
    public static IEnumerable<Exception> Causes(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException) yield return e;
    }

    private ConnectionException? Explain(Exception exception) => exception switch
    {
        ClusterHealException => null,
        OperationCanceledException => Fault(
            ErrorIds.ConnectionTimeout,
            FaultCategory.Timeout,
            $"did not answer within {timeout.TotalSeconds:0.#} s",
            "Check the address, the network and the firewall.",
            exception),
        SocketException e => ExplainSocket(e),
        AuthenticationException or IOException => ExplainHandshake(exception),
        _ => null,
    };

    private ConnectionException ExplainSocket(SocketException e)
    {
        var (id, what, remedy) = e.SocketErrorCode switch
        {
            SocketError.ConnectionRefused =>
                (ErrorIds.ConnectionRefused, "refused the connection: nothing listens there", "Check the port and that the server runs."),
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
                (ErrorIds.HostUnreachable, "cannot be found: its name is not known here", "Check the name, or use the IP address."),
            SocketError.TimedOut =>
                (ErrorIds.ConnectionTimeout, "did not answer", "Check the address, the network and the firewall."),
            SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown or SocketError.HostDown =>
                (ErrorIds.HostUnreachable, "cannot be reached: no route leads to it", "Check the address, the network and the VPN."),
            _ => (ErrorIds.HostUnreachable, $"cannot be reached: {e.Message}", "Check the address and the network."),
        };
        return Fault(id, id == ErrorIds.ConnectionTimeout ? FaultCategory.Timeout : FaultCategory.Connection, what, remedy, e);
    }

    private ConnectionException ExplainHandshake(Exception exception)
    {
        // A tunnel opens before it is known whether its far end can be reached. If it cannot, the first read says why.
        if (Causes(exception).OfType<ClusterHealException>().FirstOrDefault() is { } known)
        {
            return Fault(known.ErrorId, known.Category, $"cannot be reached: {known.Message.TrimEnd('.')}", known.Remedy ?? "", exception);
        }

        if (_clientCertificateWasDemanded) return DemandedClientCertificate(exception);
        if (NotTls(exception) is { } what)
        {
            return Fault(
                ErrorIds.TlsNotSpoken,
                FaultCategory.Connection,
                what,
                "For plain text write the endpoint with http:// and leave out -CaFile, -CertFile and -KeyFile; otherwise check the port.",
                exception);
        }

        return tls?.ClientCertificate is not null && IsAboutCertificate(exception) ? RejectedClientCertificate(exception) : Fault(
            ErrorIds.TlsFailed,
            FaultCategory.Security,
            $"ended the TLS handshake: {Causes(exception).Last().Message}",
            "Compare the TLS versions and ciphers of both sides.",
            exception);
    }

    /// <summary>Says whether the answer was no TLS, or there was no answer; null if TLS was spoken and failed.</summary>
    private static string? NotTls(Exception exception)
    {
        if (Causes(exception).Any(e => e.Message.Contains("frame", StringComparison.Ordinal))) return "does not speak TLS";
        var hungUp = exception is IOException && !Causes(exception).Any(e => e.Message.Contains("alert", StringComparison.OrdinalIgnoreCase));
        return hungUp ? "hung up in the TLS handshake, as a server does that does not speak TLS" : null;
    }

    // The TLS alerts that are about the client's certificate, in the words of OpenSSL. Others have other causes.
    private static bool IsAboutCertificate(Exception exception) => Causes(exception).Any(e =>
        e.Message.Contains("alert", StringComparison.OrdinalIgnoreCase)
        && (e.Message.Contains("certificate", StringComparison.Ordinal) || e.Message.Contains("unknown ca", StringComparison.Ordinal)
            || e.Message.Contains("access denied", StringComparison.Ordinal) || e.Message.Contains("decrypt error", StringComparison.Ordinal)));

    private ConnectionException DemandedClientCertificate(Exception cause) => Fault(
        ErrorIds.ClientCertificateRequired,
        FaultCategory.Authentication,
        "demands a client certificate",
        "Give one with -CertFile and -KeyFile (kubeadm: /etc/kubernetes/pki/etcd/healthcheck-client.crt and .key).",
        cause);

    private ConnectionException RejectedClientCertificate(Exception cause)
    {
        var end = tls?.ClientCertificateNotAfter;
        var expired = end < time.GetUtcNow() ? $"; it expired on {end.Value.UtcDateTime:yyyy-MM-dd}" : "";
        return Fault(
            ErrorIds.ClientCertificateRejected,
            FaultCategory.Authentication,
            $"does not accept the client certificate '{tls?.CertificateSource}'{expired}",
            "Use a valid certificate from the CA that the server trusts for its clients (--trusted-ca-file).",
            cause);
    }

    /// <summary>
    /// Remembers why the first read failed. HTTP/2 would lose it: when a write fails at the same time, it throws the stream away without another
    /// look. So a write that fails before the first read has ended waits for that read.
    /// </summary>
    private sealed class FirstReadStream(Stream inner, SecureConnector owner, TimeProvider time) : SslStream(inner)
    {
        // The server has hung up, so what it said is here already; the machine may be slow to read it.
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _hasBegun;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _ended.Task.IsCompleted ? base.ReadAsync(buffer, cancellationToken) : ReadFirstAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            _ended.Task.IsCompleted ? base.WriteAsync(buffer, cancellationToken) : WriteEarlyAsync(buffer, cancellationToken);

        private async ValueTask<int> ReadFirstAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            _hasBegun = true;
            try
            {
                return await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                owner._firstReadFault = e;
                throw;
            }
            finally
            {
                _ended.TrySetResult();
            }
        }

        private async ValueTask WriteEarlyAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
        {
            try
            {
                await base.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException)
            {
                var read = _hasBegun ? _ended.Task : ReadFirstAsync(new byte[1], cancellationToken).AsTask();
                await read.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
        }
    }
}
