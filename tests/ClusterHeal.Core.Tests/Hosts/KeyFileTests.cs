using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>A key that is named is looked at before any host is: no other key is tried in its place.</summary>
public sealed class KeyFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_that_is_not_there_is_an_error_by_name()
    {
        var fault = Assert.Throws<HostShellException>(() => KeyFile.Check(Named("nowhere")));
        Assert.Equal(ErrorIds.SshKeyFileNotFound, fault.ErrorId);
        Assert.Contains(_folder.File("nowhere"), fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is no SSH key")]
    [InlineData("password\n", "is no SSH key")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "is no SSH key")]
    public void What_is_no_key_is_an_error(string content, string says)
    {
        File.WriteAllText(_folder.File("key"), content);
        var fault = Assert.Throws<HostShellException>(() => KeyFile.Check(Named("key")));
        Assert.Equal(ErrorIds.SshKeyFileInvalid, fault.ErrorId);
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_an_error_and_a_key_is_none()
    {
        Assert.Contains("is a folder", Assert.Throws<HostShellException>(() => KeyFile.Check(Named(""))).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder.File("pem"), "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----\n");
        KeyFile.Check(Named("pem"));
        KeyFile.Check(new HostConnection { HostName = "m0" });
    }

    private HostConnection Named(string name) => new() { HostName = "m0", KeyFilePath = name.Length == 0 ? _folder.Path : _folder.File(name) };
}
