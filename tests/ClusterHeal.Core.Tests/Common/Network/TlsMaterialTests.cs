using ClusterHeal.Common;
using ClusterHeal.Practice.Pki;

namespace ClusterHeal.Tests.Common;

public sealed class TlsMaterialTests : IDisposable
{
    // A key that was made for this test and guards nothing.
    private const string Ed25519Key = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIH68lhtV7JO1cTmLVUSyTZnCJNYGaTi5koTUj7Ax5Ny/
        -----END PRIVATE KEY-----
        """;

    private const string Ed25519Certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBLjCB4aADAgECAhRzk8zmrAGDyy2jYEITQzZoQvVewzAFBgMrZXAwDDEKMAgG
        A1UEAwwBZTAgFw0yNjExMzAxMDM0NDRaGA8yMDgxMDkwMjEwMzQ0NFowDDEKMAgG
        A1UEAwwBZTAqMAUGAytlcAMhAI9z98sauJS1IrDiV6bg4EtTEX626AADU3IurK3/
        1y6mo1MwUTAdBgNVHQ4EFgQU4tzNcr5wu43R2PJyhe8r/TpNZyEwHwYDVR0jBBgw
        FoAU4tzNcr5wu43R2PJyhe8r/TpNZyEwDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXAD
        QQA6T6/DJF7EG/CZEH95yxM3yiYw/9kg9/TTt90TLD9aNDlvWA2N3bm32H9SC3uV
        FoSRUHkzDM1DitZrhH99jzUH
        -----END CERTIFICATE-----
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-pem-").FullName;
    private readonly CertificateAuthority _authority = CertificateAuthority.Create("the CA");

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Files_are_read_with_key_and_certificate_in_one_or_apart()
    {
        var stop = TestContext.Current.CancellationToken;
        var issued = _authority.Issue("client", []);
        var (certFile, keyFile) = issued.WriteTo(_folder, "client");
        var oneFile = Path.Combine(_folder, "both.pem");
        await File.WriteAllTextAsync(oneFile, issued.KeyPem + issued.CertificatePem + _authority.CertificatePem, stop);

        using var apart = await TlsMaterial.ReadAsync(null, certFile, keyFile, stop);
        using var together = await TlsMaterial.ReadAsync(null, oneFile, null, stop);
        Assert.Equal("CN=client", apart.ClientCertificate!.TargetCertificate.Subject);
        Assert.True(apart.ClientCertificate.TargetCertificate.HasPrivateKey);
        Assert.Equal("CN=client", together.ClientCertificate!.TargetCertificate.Subject);
        Assert.Null(apart.Authorities);
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused_before_any_server_is_asked()
    {
        var (mine, other) = (_authority.Issue("mine", []), _authority.Issue("other", []));
        var error = Assert.Throws<ClusterHealException>(
            () => new TlsMaterial(null, new PemText("mine.crt", mine.CertificatePem), new PemText("other.key", other.KeyPem)));
        Assert.Equal(ErrorIds.KeyMismatch, error.ErrorId);
        Assert.Contains("'other.key' does not belong to the certificate 'mine.crt' (CN=mine)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "holds no PEM certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "", "cannot be read")]
    [InlineData("good", "", "holds no PEM private key")]
    [InlineData("good", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "is an encrypted key")]
    [InlineData("good", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,AA\n\nAAAA\n-----END RSA PRIVATE KEY-----\n", "is an encrypted key")]
    [InlineData("good", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "form of OpenSSH")]
    [InlineData("good", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "neither an RSA nor an ECDSA key that can be read")]
    [InlineData("good", "-----BEGIN PRIVATE KEY-----\nAA*A\n", "PEM is damaged")]
    [InlineData(Ed25519Certificate, Ed25519Key, "is a key of the kind Ed25519, which .NET cannot use")]
    public void A_text_that_is_not_what_it_should_be_is_named(string certificate, string key, string reason)
    {
        if (certificate == "good") certificate = _authority.Issue("client", []).CertificatePem;
        var error = Assert.Throws<ClusterHealException>(
            () => new TlsMaterial(null, new PemText("a.crt", certificate), new PemText("a.key", key)));
        Assert.Equal(ErrorIds.CertificateFileInvalid, error.ErrorId);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_keys_the_first_counts_and_a_key_of_another_kind_is_a_mismatch()
    {
        var (mine, other) = (_authority.Issue("mine", []), _authority.Issue("other", []));
        using var material = new TlsMaterial(null, new PemText("a.crt", mine.CertificatePem), new PemText("a.key", mine.KeyPem + other.KeyPem));
        Assert.True(material.ClientCertificate!.TargetCertificate.HasPrivateKey);
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        using var ec = System.Security.Cryptography.ECDsa.Create();
        foreach (var key in new[] { rsa.ExportPkcs8PrivateKeyPem(), rsa.ExportRSAPrivateKeyPem(), ec.ExportECPrivateKeyPem() })
        {
            var error = Assert.Throws<ClusterHealException>(() => new TlsMaterial(null, new PemText("a.crt", mine.CertificatePem), new PemText("b.key", key)));
            Assert.Equal(ErrorIds.KeyMismatch, error.ErrorId);
        }
    }

    [Fact]
    public async Task A_missing_file_and_a_folder_are_named()
    {
        var stop = TestContext.Current.CancellationToken;
        var missing = await Assert.ThrowsAsync<ClusterHealException>(() => TlsMaterial.ReadAsync(_folder + "/no", null, null, stop));
        Assert.Equal((ErrorIds.PathNotFound, _folder + "/no"), (missing.ErrorId, missing.Target));
        var folder = await Assert.ThrowsAsync<ClusterHealException>(() => TlsMaterial.ReadAsync(_folder, null, null, stop));
        Assert.Equal(ErrorIds.PathNotSuitable, folder.ErrorId);
    }
}
