using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Common;

namespace ClusterHeal.Tests.Common;

/// <summary>The names are judged here, whatever the TLS of the system says of them.</summary>
public sealed class ServerCertificateVerdictTests
{
    [Theory]
    [InlineData("api.example", "api.example", true)]
    [InlineData("api.example", "API.example", true)]
    [InlineData("api.example", "other.example", false)]
    [InlineData("*.example", "api.example", true)]
    [InlineData("*.example", "a.b.example", false)]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("fd00::1", "fd00:0::1", true)]
    [InlineData("", "common.example", false)]
    [InlineData("api.example", "not a name", false)]
    public void A_certificate_is_for_the_names_that_it_bears(string alternative, string host, bool isFor)
    {
        using var certificate = Issue(alternative);
        foreach (var errors in (SslPolicyErrors[])[SslPolicyErrors.None, SslPolicyErrors.RemoteCertificateNameMismatch])
        {
            var verdict = ServerCertificateVerdict.Judge(certificate, null, errors, null, host, "the server", DateTimeOffset.UtcNow);
            Assert.Equal(isFor ? null : ErrorIds.CertificateNameMismatch, verdict?.ErrorId);
        }
    }

    [Fact]
    public void A_chain_without_a_trusted_end_is_refused_although_the_system_found_no_error()
    {
        using var certificate = Issue("api.example");
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        Assert.False(chain.Build(certificate));
        var verdict = ServerCertificateVerdict.Judge(
            certificate, chain, SslPolicyErrors.None, null, "api.example", "the server", DateTimeOffset.UtcNow);
        Assert.Equal(ErrorIds.CertificateUntrusted, verdict?.ErrorId);
    }

    private static X509Certificate2 Issue(string alternative)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=common.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (System.Net.IPAddress.TryParse(alternative, out var address)) names.AddIpAddress(address);
        else if (alternative.Length > 0) names.AddDnsName(alternative);
        if (alternative.Length > 0) request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
    }
}
