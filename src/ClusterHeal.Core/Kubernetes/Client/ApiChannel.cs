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

    public ApiChannel(KubernetesConnection connection, Credential credential)
    {
        _credential = credential;
        _material = new TlsMaterial(connection.Authorities, credential.Certificate, credential.Key);
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = connection.ConnectTimeout,
            AutomaticDecompression = DecompressionMethods.All,
            EnableMultipleHttp2Connections = true,
            AllowAutoRedirect = false,
            UseCookies = false,
            // A dead connection under a silent watch is found by these and by nothing else.
            KeepAlivePingDelay = TimeSpan.FromSeconds(15),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            SslOptions = TlsOptions(connection),
        };
        if (connection.Proxy is { } proxy) handler.Proxy = new WebProxy(proxy);
        if (connection.Dialer is { } dialer)
        {
            handler.UseProxy = false;
            handler.ConnectCallback = (context, cancellationToken) => dialer(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);
        }

        Invoker = new HttpMessageInvoker(handler);
    }

    public HttpMessageInvoker Invoker { get; }

    /// <summary>Why the server's certificate was last refused, or null.</summary>
    public string? TlsFault { get; private set; }

    public bool Serves(Credential credential) => credential.Certificate == _credential.Certificate && credential.Key == _credential.Key;

    public void Dispose()
    {
        Invoker.Dispose();
        _material.Dispose();
    }

    private SslClientAuthenticationOptions TlsOptions(KubernetesConnection connection)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = connection.TlsServerName ?? connection.Server.IdnHost.Trim('[', ']'),
            ClientCertificateContext = _material.ClientCertificate,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                connection.SkipServerVerification || IsTrusted(connection, certificate, chain, errors),
        };
        if (_material.Authorities is { } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return options;
    }

    private bool IsTrusted(KubernetesConnection connection, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        TlsFault = errors switch
        {
            SslPolicyErrors.None => null,
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) => "the server showed no certificate",
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) => ChainFault(certificate, chain),
            _ => $"the certificate is valid for {Names(certificate)}, not {connection.TlsServerName ?? connection.Server.IdnHost}",
        };
        return TlsFault is null;
    }

    private static string ChainFault(X509Certificate? certificate, X509Chain? chain)
    {
        var faults = chain?.ChainStatus ?? [];
        if (faults.Any(s => s.Status == X509ChainStatusFlags.NotTimeValid) && certificate is X509Certificate2 dated)
            return $"the certificate is valid from {dated.NotBefore:u} to {dated.NotAfter:u}";
        var detail = string.Join("; ", faults.Select(s => s.StatusInformation.Trim()).Distinct());
        return $"the certificate of issuer '{certificate?.Issuer}' is signed by no authority that is trusted here ({detail})";
    }

    private static string Names(X509Certificate? certificate)
    {
        var names = (certificate as X509Certificate2)?.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return names is null
            ? "no name"
            : string.Join(", ", names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(a => a.ToString())));
    }
}
