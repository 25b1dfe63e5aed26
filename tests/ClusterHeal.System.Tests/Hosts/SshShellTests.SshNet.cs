using System.Security.Cryptography;
using ClusterHeal.Hosts;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Hosts;

/// <content>What SSH.NET does by itself, where OpenSSH has its own ways.</content>
public sealed partial class SshShellTests
{
    [Theory]
    [InlineData("ed25519", "")]
    [InlineData("ed25519", "pass phrase'\"")]
    [InlineData("ecdsa", "pass phrase")]
    [InlineData("rsa", "")]
    [InlineData("rsa", "pass phrase")]
    public async Task Key_files_of_ssh_keygen_work_with_their_passphrase_and_with_no_other(string kind, string passphrase)
    {
        var file = Path.Combine(Hosts.Folder, $"key-{kind}-{passphrase.Length}");
        (await Tool.RunAsync("ssh-keygen", ["-q", "-t", kind, "-N", passphrase, "-f", file], Stop)).Expect();
        var line = (await File.ReadAllTextAsync(file + ".pub", Stop)).Trim();
        await Host.SaysAsync($"echo '{line}' >> /root/.ssh/authorized_keys");
        var connection = Root with { KeyFilePath = file };
        if (passphrase.Length == 0)
        {
            Assert.Equal("root\n", await RunAsync(connection, SshTransport.SshNet));
            return;
        }

        Assert.Equal("root\n", await RunAsync(connection with { KeyPassphrase = Secure(passphrase) }, SshTransport.SshNet));
        Assert.Equal(ErrorIds.SshKeyPassphrase, await FailAsync(connection with { KeyPassphrase = Secure("wrong") }, SshTransport.SshNet));
        Assert.Equal(ErrorIds.SshKeyPassphrase, await FailAsync(connection, SshTransport.SshNet));
    }

    [Fact]
    public async Task A_host_that_asks_questions_is_given_the_password_once()
    {
        await Host.AddUserAsync("quizzed", Stop, password: "c0rrect");
        Host.Disk.Write("/etc/ssh/sshd_config.d/01-questions.conf", "Match User quizzed\n  PasswordAuthentication no\n  KbdInteractiveAuthentication yes\n  PubkeyAuthentication no\n");
        await ReloadSshAsync();
        var connection = Hosts.Connection(Host, "quizzed") with { KeyFilePath = null, LoginPassword = Secure("c0rrect") };
        Assert.Equal("quizzed\n", await RunAsync(connection, SshTransport.SshNet));

        await using var shell = Shell(connection with { LoginPassword = Secure("wr0ng") }, SshTransport.SshNet);
        foreach (var _ in new[] { 1, 2 })
        {
            Assert.Equal(ErrorIds.SshAuthenticationFailed, (await Assert.ThrowsAsync<HostShellException>(() => shell.RunAsync(WhoAmI, Stop))).ErrorId);
        }

        Assert.Equal("1", await Host.SaysAsync("journalctl -u ssh | grep 'authentication failure.*user=quizzed' | wc -l"));
    }

    [Fact]
    public async Task An_unknown_host_is_told_with_its_fingerprint_and_the_command_that_adds_it()
    {
        var known = Path.Combine(Hosts.Folder, "known_later");
        await File.WriteAllTextAsync(known, "", Stop);
        var connection = Root with { SshOption = new Dictionary<string, string> { ["UserKnownHostsFile"] = known, ["GlobalKnownHostsFile"] = "none" } };
        var fault = await Assert.ThrowsAsync<HostShellException>(() => RunAsync(connection, SshTransport.SshNet));
        var print = Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(Host.HostKey.PublicLine.Split(' ')[1]))).TrimEnd('=');
        Assert.Contains($"SHA256:{print}", fault.Message, StringComparison.Ordinal);
        var line = $"{Host.Address} {Host.HostKey.PublicLine}";
        Assert.Contains($"Add-Content -LiteralPath '{known}' -Value '{line}'", fault.Remedy, StringComparison.Ordinal);
        await File.AppendAllTextAsync(known, line + "\n", Stop);
        Assert.Equal("root\n", await RunAsync(connection, SshTransport.SshNet));
        await File.AppendAllTextAsync(known, $"@revoked * {Host.HostKey.PublicLine}\n", Stop);
        Assert.Equal(ErrorIds.SshHostKeyRevoked, await FailAsync(connection, SshTransport.SshNet));
    }

    [Fact]
    public async Task A_reader_who_does_not_read_holds_up_nobody_else_and_costs_no_memory()
    {
        const int Size = 96 << 20;
        await Host.SaysAsync($"head -c {Size} /dev/urandom > /var/large");
        await using var shell = Shell(Root, SshTransport.SshNet);
        await using var slow = new GatedStream();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var reading = shell.ReadFileAsync("/var/large", slow, Stop);
        await slow.Reached.WaitAsync(Stop);
        // All others go on beside it, while the host has far more to send than anybody takes.
        foreach (var _ in Enumerable.Range(0, 20)) Assert.Equal("root\n", (await shell.RunAsync(WhoAmI, Stop)).Text);
        await using (var stream = await shell.DialAsync("127.0.0.1", 22, Stop)) await stream.ReadExactlyAsync(new byte[7], Stop);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 24L << 20);
        slow.Open();
        var file = await reading;
        Assert.Equal(await Host.SaysAsync("sha256sum < /var/large | cut -d ' ' -f 1"), file.Sha256);
        Assert.Equal(Size, slow.Taken);
    }

    [Fact]
    public async Task New_keys_in_the_middle_and_questions_of_an_idle_host_end_no_connection()
    {
        Host.Disk.Write("/etc/ssh/sshd_config.d/00-keys.conf", "RekeyLimit 4M\nClientAliveInterval 1\nClientAliveCountMax 2\n");
        await ReloadSshAsync();
        try
        {
            await using var shell = Shell(Root, SshTransport.SshNet);
            var first = await shell.RunAsync(new HostScript("echo $SSH_CONNECTION"), Stop);
            var big = await shell.RunAsync(new HostScript("head -c 52428800 /dev/zero") { OutputLimit = 60 << 20 }, Stop);
            Assert.Equal(52428800, big.Output.Length);
            await shell.WriteFileAsync("/var/sent", new MemoryStream(new byte[20 << 20]), HostFileAccess.Private, Stop);
            // sshd hangs up on a client that answers none of its questions after three seconds.
            await Task.Delay(TimeSpan.FromSeconds(6), Stop);
            Assert.Equal(first.Text, (await shell.RunAsync(new HostScript("echo $SSH_CONNECTION"), Stop)).Text);
        }
        finally
        {
            await Host.SaysAsync("rm /etc/ssh/sshd_config.d/00-keys.conf");
            await ReloadSshAsync();
        }
    }

    [Fact]
    public async Task Many_scripts_at_once_share_a_connection_that_bears_ten_sessions()
    {
        await using var shell = Shell(Root, SshTransport.SshNet);
        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => shell.RunAsync(new HostScript("sleep 0.1; echo $1", $"{number}"), Stop)));
        Assert.Equal(Enumerable.Range(0, 40).Select(number => $"{number}\n"), results.Select(result => result.Text));
    }

    [Fact]
    public async Task No_port_of_this_machine_is_opened_for_a_connection_through_the_host()
    {
        await using var shell = Shell(Root, SshTransport.SshNet);
        await shell.RunAsync(WhoAmI, Stop);
        var before = Listeners();
        await using var stream = await shell.DialAsync("127.0.0.1", 22, Stop);
        Assert.Equal(before, Listeners());

        static string Listeners()
        {
            var sockets = Directory.GetFiles("/proc/self/fd").Select(fd => new FileInfo(fd).LinkTarget).OfType<string>()
                .Where(target => target.StartsWith("socket:[", StringComparison.Ordinal)).Select(target => target[8..^1]).ToHashSet();
            // Of /proc/net/tcp: state 0A is LISTEN, the tenth column is the socket.
            var rows = new[] { "tcp", "tcp6" }.SelectMany(table => File.ReadLines("/proc/net/" + table).Skip(1))
                .Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            return string.Join(' ', rows.Where(row => row[3] == "0A" && sockets.Contains(row[9])).Select(row => row[1]).Order());
        }
    }

    /// <summary>Takes a first piece, and then nothing before it is opened.</summary>
    private sealed class GatedStream : MemoryStream
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public long Taken { get; private set; }

        public void Open() => _open.TrySetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _reached.TrySetResult();
            await _open.Task.WaitAsync(cancellationToken);
            Taken += buffer.Length;
        }
    }
}
