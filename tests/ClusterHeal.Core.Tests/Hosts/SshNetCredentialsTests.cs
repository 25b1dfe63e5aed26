using System.Net;
using ClusterHeal.Hosts;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Hosts;

/// <summary>What is said of a key file that SSH.NET cannot open, for each form that <c>ssh-keygen</c> writes.</summary>
public sealed class SshNetCredentialsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("OpenSSH", "rsa")]
    [InlineData("OpenSSH", "ed25519")]
    [InlineData("PKCS8", "rsa")]
    [InlineData("PKCS8", "ecdsa")]
    [InlineData("PEM", "rsa")]
    [InlineData("PEM", "ecdsa")]
    public async Task A_key_with_a_passphrase_is_told_as_that(string form, string type)
    {
        var file = await KeyAsync(form, type, "a long word");

        Open(file, "a long word");
        AssertFault(ErrorIds.SshKeyPassphrase, "needs a passphrase", file, null);
        AssertFault(ErrorIds.SshKeyPassphrase, "does not open with this passphrase", file, "another word");
    }

    /// <summary>Whoever gives a passphrase for all keys would look for the fault in the wrong place.</summary>
    [Theory]
    [InlineData("OpenSSH")]
    [InlineData("PKCS8")]
    [InlineData("PEM")]
    public async Task A_damaged_key_without_one_is_not_told_as_locked(string form)
    {
        var file = await KeyAsync(form, "rsa", "");
        var lines = await File.ReadAllLinesAsync(file, Stop);
        await File.WriteAllLinesAsync(file, [.. lines[..8], .. lines[12..]], Stop);

        foreach (var passphrase in new[] { null, "a long word" }) AssertFault(ErrorIds.SshKeyFileInvalid, "or damaged", file, passphrase);
    }

    [Theory]
    [InlineData("PuTTY-User-Key-File-3: ssh-rsa\nEncryption: aes256-cbc\nComment: x\n", true)]
    [InlineData("PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: x\n", false)]
    [InlineData("PuTTY-User-Key-File-2: ssh-rsa\r\nEncryption: none\r\nComment: ENCRYPTED PRIVATE KEY-----\r\n", false)]
    public async Task A_key_of_PuTTY_says_it_itself(string text, bool isLocked)
    {
        await File.WriteAllTextAsync(_folder.File("key.ppk"), text, Stop);
        Assert.Equal(isLocked, KeyFile.IsLocked(_folder.File("key.ppk")));
    }

    private static void AssertFault(string id, string says, string file, string? passphrase)
    {
        var fault = Assert.Throws<HostShellException>(() => Open(file, passphrase));
        Assert.True(fault.ErrorId == id, fault.Message);
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    private static void Open(string file, string? passphrase)
    {
        var connection = new HostConnection
        {
            HostName = "m0", KeyFilePath = file, KeyPassphrase = passphrase is null ? null : new NetworkCredential("", passphrase).SecurePassword,
        };
        new SshNetCredentials(connection, SshNetLogin.From(connection, null)).Dispose();
    }

    private async Task<string> KeyAsync(string form, string type, string passphrase)
    {
        var file = _folder.File("key");
        string[] written = form == "OpenSSH" ? [] : ["-m", form];
        (await Tool.RunAsync("ssh-keygen", ["-q", "-t", type, .. written, "-N", passphrase, "-f", file], Stop)).Expect();
        return file;
    }
}
