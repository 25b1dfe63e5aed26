using System.Diagnostics;
using System.Net;
using ClusterHeal.Common;
using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>
/// The password for a host, beside a program that asks as ssh does: itself, as the ssh that logs in, and by a child, as the ssh of a jump.
/// </summary>
public sealed class AskPassTests : IDisposable
{
    private const string Password = "c0rrect horse";
    private readonly TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string?, string, bool> Prompts => new()
    {
        { "admin", "admin@kubem00's password: ", true },
        { "admin", "(admin@kubem00) Password: ", true },
        { "admin", "(admin@kubem00) admin@kubem00's password:", true },
        { "admin", "Password: ", true },
        { null, "admin@kubem00's password: ", true },
        { @"CORP\admin", "admin@CORP@kubem00's password: ", true },
        { "a-user-name-of-more-than-thirty-letters", "a-user-name-of-more-than-thirt@kubem00's password: ", true },
        { "admin", "root@kubem00's password: ", false },
        { "admin", "(root@kubem00) Password: ", false },
        { "admin", "(admin@kubem00) Verification code: ", false },
        { "admin", "Verification code: ", false },
        { "admin", "Enter passphrase for key '/home/admin@kubem00's password: ", false },
        { "admin", "Are you sure you want to continue connecting (yes/no/[fingerprint])? ", false },
        { "admin", "Enter admin@kubem00's old password: ", false },
        { "admin", "", false },
    };

    [Theory]
    [MemberData(nameof(Prompts))]
    public async Task The_password_goes_to_the_prompt_of_the_user_and_to_no_other(string? user, string prompt, bool isGiven)
    {
        var said = await AskAsync(user, $"\"$SSH_ASKPASS\" {Quoted(prompt)}");
        Assert.Equal(isGiven ? Password : "", said.Trim());
    }

    [Theory]
    [InlineData("admin@kubem00's password: ")]
    [InlineData("(admin@kubem00) Password: ")]
    [InlineData("Password: ")]
    public async Task A_jump_hosts_own_ssh_gets_nothing_whatever_its_prompt_says(string prompt) =>
        Assert.Equal("", await AskAsync("admin", $"sh -c '\"$SSH_ASKPASS\" \"$1\"; :' sh {Quoted(prompt)}"));

    [Fact]
    public async Task The_password_is_given_once() =>
        Assert.Equal(Password, (await AskAsync("admin", "\"$SSH_ASKPASS\" 'Password: '; timeout 1 \"$SSH_ASKPASS\" 'Password: '")).Trim());

    /// <summary>To end waiting must not wait itself for a password that was given at the same moment.</summary>
    [Fact]
    public async Task It_ends_also_if_the_password_is_given_at_that_moment()
    {
        var connection = new HostConnection { HostName = "kubem00", LoginPassword = new NetworkCredential("", Password).SecurePassword };
        for (var round = 0; round < 100; round++)
        {
            var folder = Directory.CreateDirectory(_folder.File($"{round}")).FullName;
            var given = await AskPass.PrepareAsync(folder, connection, new ProcessStartInfo(), Stop);
            using var reader = Process.Start(ProgramStart.Piped("cat", [Path.Combine(folder, "p")]))!;
            for (var spin = 0; spin < round && !given.IsGiven; spin++) Thread.Sleep(TimeSpan.FromMicroseconds(50));
            await Task.Run(async () => await given.DisposeAsync(), Stop).WaitAsync(TimeSpan.FromSeconds(30), Stop);
            reader.Kill();
        }
    }

    public void Dispose() => _folder.Dispose();

    private static string Quoted(string text) => ShellQuote.Quote(text);

    private async Task<string> AskAsync(string? user, string ssh)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The ssh of Windows is given no password.");
        var connection = new HostConnection { HostName = "kubem00", UserName = user, LoginPassword = new NetworkCredential("", Password).SecurePassword };
        var start = ProgramStart.Piped("/bin/sh", ["-c", ssh + "\n:"]);
        await using var password = await AskPass.PrepareAsync(_folder.Path, connection, start, Stop);
        using var process = Process.Start(start)!;
        password.Answer(process);
        var said = await process.StandardOutput.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        return said;
    }
}
