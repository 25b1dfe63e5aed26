using ClusterHeal.Operations;
using ClusterHeal.Practice.Pki;

namespace ClusterHeal.Tests.Operations.Health;

/// <summary>What hosts print of their certificate files. One that cannot be read is not the same as none.</summary>
public sealed class CertificateSightingTests
{
    [Fact]
    public void Whole_damaged_unreadable_and_absent_certificates_are_told_apart()
    {
        using var authority = CertificateAuthority.Create("kubernetes");
        var pem = authority.Issue("server", ["m0"], notAfter: new DateTimeOffset(2027, 1, 2, 3, 4, 5, TimeSpan.Zero)).CertificatePem;

        var found = HostSurvey.Parse(
            "m0", $"file /pki/whole.crt\n{pem}\nfile /pki/cut.crt\n{pem[..200]}\nfile /pki/odd.crt\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\nfile /pki/hidden.crt\nunseen\nfile /pki/other\nno certificate\n");

        Assert.Equal(("/pki/whole.crt", new DateTimeOffset(2027, 1, 2, 3, 4, 5, TimeSpan.Zero)), found.Seen.Select(seen => (seen.Use, seen.NotAfter)).Single());
        Assert.Equal(
            [("/pki/cut.crt", "the certificate in it is damaged"), ("/pki/odd.crt", "the certificate in it is damaged"), ("/pki/hidden.crt", "the file cannot be read")],
            found.Unseen.Select(unseen => (unseen.Use, unseen.Obstacle)));
    }
}
