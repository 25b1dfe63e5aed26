using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Common;

namespace ClusterHeal.Kubernetes;

/// <summary>The HTTP connections of one client identity.</summary>
internal sealed class ApiChannel : IDisposable
{
    private readonly Credential _credential;
    private readonly TlsMaterial _material;

    public ApiChannel(KubernetesConnection connection, Credential credential, TimeProvider time)
    {
        _credential = credential;
        _material = new TlsMaterial(connection.Authorities, credential.Certificate, credential.Key);
        var handler = HttpFactory.Handler(connection.Dialer is null ? connection.Proxy : null);
        handler.ConnectTimeout = connection.ConnectTimeout;
        handler.AutomaticDecompression = DecompressionMethods.All;
        handler.EnableMultipleHttp2Connections = true;
        // Only these find a dead connection under a silent watch.
        handler.KeepAlivePingDelay = TimeSpan.FromSeconds(15);
        handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
        handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
        handler.SslOptions = TlsOptions(connection, time);
        if (connection.Dialer is { } dialer)
        {
            handler.ConnectCallback = (context, cancellationToken) => dialer(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);
        }

        Invoker = HttpFactory.Invoker(handler);
    }

    public HttpMessageInvoker Invoker { get; }

    /// <summary>Why the server's certificate was last refused, or null.</summary>
    public ConnectionException? Verdict { get; private set; }

    public bool Serves(Credential credential) => credential.Certificate == _credential.Certificate && credential.Key == _credential.Key;

    public void Dispose()
    {
        Invoker.Dispose();
        _material.Dispose();
    }

    private SslClientAuthenticationOptions TlsOptions(KubernetesConnection connection, TimeProvider time)
    {
        var name = connection.TlsServerName ?? connection.Server.IdnHost.Trim('[', ']');
        var options = new SslClientAuthenticationOptions
        {
            ClientCertificateContext = _material.ClientCertificate,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                Verdict = connection.SkipServerVerification
                    ? null
                    : ServerCertificateVerdict.Judge(certificate, chain, errors, _material, name, connection.ToString(), time.GetUtcNow());
                return Verdict is null;
            },
        };
        if (_material.Authorities is { } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return options;
    }
}
