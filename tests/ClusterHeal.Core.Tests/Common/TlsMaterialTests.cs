using ClusterHeal.Common;
using ClusterHeal.Practice.Pki;

namespace ClusterHeal.Tests.Common;

public sealed class TlsMaterialTests : IDisposable
{
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
    public void A_text_that_is_not_what_it_should_be_is_named(string certificate, string key, string reason)
    {
        if (certificate == "good") certificate = _authority.Issue("client", []).CertificatePem;
        var error = Assert.Throws<ClusterHealException>(
            () => new TlsMaterial(null, new PemText("a.crt", certificate), new PemText("a.key", key)));
        Assert.Equal(ErrorIds.CertificateFileInvalid, error.ErrorId);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
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
