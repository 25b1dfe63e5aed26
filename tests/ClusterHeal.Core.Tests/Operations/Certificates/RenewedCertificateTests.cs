using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using ClusterHeal.Operations.Certificates;

namespace ClusterHeal.Tests.Operations.Certificates;

/// <summary>What openssl says of a certificate that was renewed, and of the one from before.</summary>
public sealed class RenewedCertificateTests
{
    private const string Rsa = "rsa:2048";
    private const string Curve256 = "ec -pkeyopt ec_paramgen_curve:prime256v1";
    private const string Curve384 = "ec -pkeyopt ec_paramgen_curve:secp384r1";

    private const string OfServer = """
        basicConstraints=critical,CA:FALSE
        keyUsage=critical,digitalSignature,keyEncipherment
        extendedKeyUsage=serverAuth
        subjectAltName=DNS:kubernetes,DNS:kubernetes.default.svc.cluster.local,DNS:kubem00,IP:10.96.0.1,IP:2001:db8::1
        authorityKeyIdentifier=keyid

        """;

    private const string OfClient = """
        basicConstraints=critical,CA:FALSE
        keyUsage=critical,digitalSignature
        extendedKeyUsage=clientAuth
        subjectKeyIdentifier=hash
        authorityKeyIdentifier=keyid
        certificatePolicies=1.2.3.4

        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Rsa, Rsa, "/CN=kube-apiserver", OfServer)]
    [InlineData(Rsa, Curve256, "/O=system:masters/CN=kube-apiserver-kubelet-client", OfClient)]
    [InlineData(Curve384, Rsa, "/O=kubeadm:cluster-admins/O=second/CN=kubernetes-admin", OfClient)]
    [InlineData(Curve256, Curve384, "/CN=kubem00", OfServer)]
    public async Task It_has_the_subject_names_usages_and_kind_of_key_of_the_former_one(string authorityKey, string key, string subject, string extensions)
    {
        using var ca = await OpenSslAuthority.MakeAsync(authorityKey);
        using var authority = ca.Load();
        using var former = X509Certificate2.CreateFromPem(await ca.IssueAsync("old", key, subject, extensions));
        var end = new DateTimeOffset(2035, 1, 2, 3, 4, 5, TimeSpan.Zero);

        var renewed = RenewedCertificate.Sign(former, authority, end);

        await File.WriteAllTextAsync(ca.PathOf("new.crt"), renewed.CertificatePem, Stop);
        await File.WriteAllTextAsync(ca.PathOf("new.key"), renewed.KeyPem, Stop);
        Assert.Equal("new.crt: OK\n", await ca.RunAsync("openssl verify -CAfile ca.crt new.crt"));
        const string Same = "openssl x509 -noout -subject -issuer -nameopt RFC2253 -ext basicConstraints,keyUsage,extendedKeyUsage,subjectAltName,authorityKeyIdentifier,certificatePolicies -in";
        Assert.Equal(await ca.RunAsync($"{Same} old.crt"), await ca.RunAsync($"{Same} new.crt"));
        const string Key = "openssl x509 -noout -text -in";
        const string Kind = "| grep -E 'Public.Key Algorithm|Public-Key|ASN1 OID'";
        Assert.Equal(await ca.RunAsync($"{Key} old.crt {Kind}"), await ca.RunAsync($"{Key} new.crt {Kind}"));
        Assert.NotEqual(await ca.RunAsync("openssl x509 -noout -pubkey -in old.crt"), await ca.RunAsync("openssl x509 -noout -pubkey -in new.crt"));
        Assert.Equal(await ca.RunAsync("openssl pkey -in new.key -pubout"), await ca.RunAsync("openssl x509 -noout -pubkey -in new.crt"));
        Assert.Equal("notAfter=2035-01-02 03:04:05Z\n", await ca.RunAsync("openssl x509 -noout -enddate -dateopt iso_8601 -in new.crt"));
        Assert.Equal(await ca.RunAsync("openssl x509 -noout -startdate -in ca.crt"), await ca.RunAsync("openssl x509 -noout -startdate -in new.crt"));
        Assert.NotEqual(await ca.RunAsync("openssl x509 -noout -serial -in old.crt"), await ca.RunAsync("openssl x509 -noout -serial -in new.crt"));
    }

    [Fact]
    public async Task The_authority_is_told_by_its_signature_not_by_its_name()
    {
        using var first = await OpenSslAuthority.MakeAsync(Curve256);
        using var second = await OpenSslAuthority.MakeAsync(Curve256);
        using var certificate = X509Certificate2.CreateFromPem(await first.IssueAsync("old", Curve256, "/CN=a", OfServer));
        using var right = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(first.PathOf("ca.crt"), Stop));
        using var wrong = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(second.PathOf("ca.crt"), Stop));
        Assert.Equal(right.Subject, wrong.Subject);
        Assert.True(CertificateChain.IsSignedBy(certificate, right));
        Assert.False(CertificateChain.IsSignedBy(certificate, wrong));
        Assert.True(CertificateChain.IsAuthority(right));
        Assert.False(CertificateChain.IsAuthority(certificate));
    }

    [Fact]
    public async Task It_ends_a_year_later_or_with_its_authority()
    {
        using var ca = await OpenSslAuthority.MakeAsync(Curve256);
        using var authority = ca.Load();
        var end = DateTimeOffset.Parse(
            (await ca.RunAsync("openssl x509 -noout -enddate -dateopt iso_8601 -in ca.crt")).Trim().Replace("notAfter=", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        Assert.Equal(end.AddDays(-35), RenewedFile.EndOf(authority, end.AddDays(-400)));
        Assert.Equal(end, RenewedFile.EndOf(authority, end.AddDays(-10)));
    }
}
