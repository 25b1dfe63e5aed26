using System.Net;
using System.Security.Cryptography;
using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>Which transport is taken for what was given: the list of about_ClusterHeal_Ssh.</summary>
public sealed class SshTransportChoiceTests : IDisposable
{
    private static readonly HostConnection Bare = new() { HostName = "kubem00" };
    private static readonly Dictionary<string, string> BehindJump = new() { ["ProxyJump"] = "jump.example" };
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_password_or_a_key_that_is_read_here_means_SshNet()
    {
        SkipWithoutSsh();
        Assert.Equal(SshTransport.SshNet, await ChooseAsync(Bare with { LoginPassword = Secure("word") }));
        Assert.Equal(SshTransport.SshNet, await ChooseAsync(Bare with { KeyFilePath = Key("plain") }));
        Assert.Equal(SshTransport.SshNet, await ChooseAsync(Bare with { KeyFilePath = Key("locked", "word"), KeyPassphrase = Secure("word") }));
    }

    [Fact]
    public async Task Nothing_or_a_key_that_only_ssh_can_use_means_OpenSsh()
    {
        SkipWithoutSsh();
        Assert.Equal(SshTransport.OpenSsh, await ChooseAsync(Bare));
        // ssh gets the passphrase from the agent.
        Assert.Equal(SshTransport.OpenSsh, await ChooseAsync(Bare with { KeyFilePath = Key("locked", "word") }));
        var certified = Key("certified");
        await File.WriteAllTextAsync(certified + "-cert.pub", "ecdsa-sha2-nistp256-cert-v01@openssh.com AAAA", Stop);
        Assert.Equal(SshTransport.OpenSsh, await ChooseAsync(Bare with { KeyFilePath = certified }));
    }

    [Fact]
    public async Task A_jump_means_OpenSsh_whatever_else_was_given()
    {
        SkipWithoutSsh();
        Assert.Equal(SshTransport.OpenSsh, await ChooseAsync(Bare with { SshOption = BehindJump, KeyFilePath = Key("plain") }));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(SshTransport.OpenSsh, await ChooseAsync(Bare with { SshOption = BehindJump, LoginPassword = Secure("word") }));
    }

    [Fact]
    public async Task What_the_named_transport_or_neither_can_do_is_refused()
    {
        var locked = Bare with { KeyFilePath = Key("locked", "word"), KeyPassphrase = Secure("word") };
        await AssertUnfitAsync(locked with { SshTransport = SshTransport.OpenSsh });
        await AssertUnfitAsync(Bare with { SshOption = BehindJump, SshTransport = SshTransport.SshNet });
        await AssertUnfitAsync(locked with { SshOption = BehindJump });
        await AssertUnfitAsync(locked with { SshOption = BehindJump, SshTransport = SshTransport.SshNet });
    }

    public void Dispose() => _folder.Dispose();

    private static void SkipWithoutSsh()
    {
        if (SshProgram.FindOrNull(Environment.GetEnvironmentVariable("PATH")) is null) Assert.Skip("There is no ssh on this machine.");
    }

    private static async Task<SshTransport> ChooseAsync(HostConnection connection) =>
        (await SshTransportChoice.MakeAsync(connection, Stop)).Transport;

    private static async Task AssertUnfitAsync(HostConnection connection)
    {
        var fault = await Assert.ThrowsAsync<HostShellException>(() => SshTransportChoice.MakeAsync(connection, Stop));
        Assert.Equal(ErrorIds.SshTransportUnfit, fault.ErrorId);
    }

    private static System.Security.SecureString Secure(string text) => new NetworkCredential("", text).SecurePassword;

    private string Key(string name, string? passphrase = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = _folder.File(name);
        var locked = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterationCount: 1000);
        File.WriteAllText(file, passphrase is null ? key.ExportECPrivateKeyPem() : key.ExportEncryptedPkcs8PrivateKeyPem(passphrase, locked));
        return file;
    }
}
