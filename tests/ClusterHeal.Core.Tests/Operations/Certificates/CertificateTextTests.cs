using System.Text;
using ClusterHeal.Operations.Certificates;

namespace ClusterHeal.Tests.Operations.Certificates;

/// <summary>Certificates in files: only what is renewed changes.</summary>
public sealed class CertificateTextTests
{
    private static readonly RenewedCertificate New = new("-----BEGIN CERTIFICATE-----\nbmV3\n-----END CERTIFICATE-----\n", "-----BEGIN EC PRIVATE KEY-----\na2V5\n-----END EC PRIVATE KEY-----\n");

    [Fact]
    public async Task In_a_kubeconfig_two_values_change_and_no_other_byte()
    {
        using var ca = await OpenSslAuthority.MakeAsync("ec -pkeyopt ec_paramgen_curve:prime256v1");
        var certificate = Base64(await ca.IssueAsync("admin", "rsa:2048", "/O=system:masters/CN=admin", "extendedKeyUsage=clientAuth\n"));
        var key = Base64(await ca.RunAsync("cat admin.key"));
        var text = $"""
            # written by kubeadm, and by hand
            apiVersion: v1
            clusters:
            - cluster: {"{server: 'https://10.0.0.1:6443'}"}
              name: kubernetes
            users:
            - name: kubernetes-admin
              user:
                client-certificate-data: "{certificate}"
                client-key-data: {key}
            - name: other
              user: {"{token: abc}"}

            """;

        var changed = CertificateText.ReplaceInKubeconfig(text, former => former.Subject.Contains("CN=admin", StringComparison.Ordinal) ? New : throw new InvalidOperationException());

        Assert.Equal(text.Replace(certificate, Base64(New.CertificatePem), StringComparison.Ordinal).Replace(key, Base64(New.KeyPem), StringComparison.Ordinal), changed);
        Assert.Equal("CN=admin", Assert.Single(CertificateText.ReadKubeconfig(text)).GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, false).Insert(0, "CN="));
        Assert.Null(CertificateText.ReplaceInKubeconfig(Folded(text, certificate), _ => New));
        Assert.Null(CertificateText.ReplaceInKubeconfig(text.Replace($"client-key-data: {key}", "client-key: admin.key", StringComparison.Ordinal), _ => New));
    }

    [Theory]
    [InlineData("users: [{name: a, user: {client-certificate: pki/a.crt, client-key: /etc/a.key}}]", "pki/a.crt /etc/a.key")]
    [InlineData("users: [{name: a, user: {tokenFile: /t}}]", "")]
    [InlineData("{{", "")]
    public void Files_that_a_kubeconfig_names_are_found(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', CertificateText.FilesOfKubeconfig(text).Select(file => $"{file.Path} {file.KeyPath}")));

    [Fact]
    public async Task In_a_bundle_the_first_certificate_changes_and_what_follows_stays()
    {
        using var ca = await OpenSslAuthority.MakeAsync("ec -pkeyopt ec_paramgen_curve:prime256v1");
        var leaf = await ca.IssueAsync("a", "ec -pkeyopt ec_paramgen_curve:prime256v1", "/CN=a", "keyUsage=digitalSignature\n");
        var (authority, key) = (await ca.RunAsync("cat ca.crt"), await ca.RunAsync("cat a.key"));
        Assert.Equal(New.CertificatePem + authority, CertificateText.ReplaceInPem(leaf + authority, New, withKey: false));
        Assert.Equal("# mine\n" + New.KeyPem + New.CertificatePem, CertificateText.ReplaceInPem("# mine\n" + key + leaf, New, withKey: true));
        Assert.Null(CertificateText.ReplaceInPem(leaf, New, withKey: true));
        Assert.Null(CertificateText.ReplaceInPem(key, New, withKey: false));
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    private static string Folded(string text, string value) =>
        text.Replace($"\"{value}\"", $"\"{value[..40]}\\\n      {value[40..]}\"", StringComparison.Ordinal);
}
