using System.Collections.Concurrent;
using System.Net;
using System.Text;
using ClusterHeal.Hosts;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>
/// Passwords that nobody can mistake for anything else are looked for in every argument list, environment and temporary file of this machine
/// and of the host while operations run, and in everything that the operations say and leave.
/// </summary>
public sealed class SecretCanaryTests
{
    private const string Login = "Canary-l0gin-7f3a9c";
    private const string Sudo = "Canary-sud0-51be2d";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_password_is_nowhere_but_where_it_is_asked_for()
    {
        await using var hosts = await PracticeHosts.StartAsync(["c1"], Stop);
        var host = hosts["c1"];
        // The login password is sudo's, too, so the host is asked for both in turn.
        await host.AddUserAsync("keys", Stop, password: Sudo, sudoers: "ALL=(ALL) ALL");
        await host.AddUserAsync("word", Stop, password: Login, sudoers: "ALL=(ALL) ALL");
        host.Disk.Write("/etc/ssh/sshd_config.d/00-password.conf", "PasswordAuthentication yes\n");
        host.Disk.EnableUnit("kube-scheduler.service", "[Service]\nExecStart=/bin/bash -c 'exec -a kube-scheduler sleep infinity'\n");
        await host.SaysAsync("systemctl daemon-reload; systemctl start kube-scheduler; systemctl restart ssh");

        var byKey = hosts.Connection(host, "keys") with { Sudo = true, SudoPassword = Secure(Sudo) };
        var byWord = hosts.Connection(host, "word") with
        {
            KeyFilePath = null,
            SshOption = new Dictionary<string, string>(byKey.SshOption) { ["PubkeyAuthentication"] = "no" },
            LoginPassword = Secure(Login),
            Sudo = true,
            SudoPassword = Secure(Login),
        };

        var found = new ConcurrentQueue<string>();
        var looks = 0;
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var looking = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                LookAtProcesses(found);
                LookAtFiles(Path.GetTempPath(), found);
                looks++;
            }
        }, Stop);

        var said = new StringBuilder();
        foreach (var connection in new[] { byKey, byWord })
        {
            var shell = HostLab.Shells.Open(connection);
            await using (shell)
            {
                Assert.Equal("root\n", (await shell.RunAsync(new HostScript("id -un; sleep 0.3"), Stop)).Text);
                await shell.WriteFileAsync("/root/file", new MemoryStream(new byte[1000]), HostFileAccess.Private, Stop);
            }

            foreach (var action in new[] { ComponentAction.Stop, ComponentAction.Start })
            {
                var change = hosts.Change(action, ClusterComponent.Scheduler, host) with
                {
                    Targets = [new HostComponents(connection, [ClusterComponent.Scheduler])],
                    Wait = false,
                };
                Append(await change.ExpectAsync());
            }

            var wrong = connection with { SudoPassword = Secure(Sudo + Login) };
            var sink = new RecordingSink();
            await ComponentQuery.RunAsync([new HostComponents(wrong, [ClusterComponent.Scheduler])], all: true, 1, HostLab.Shells, sink, Stop);
            Assert.Equal(ErrorIds.SudoPasswordWrong, Assert.Single(sink.Faults).ErrorId);
            Append(sink);
        }

        await done.CancelAsync();
        await looking;
        Assert.True(looks > 3, $"{looks} looks are too few to say anything.");
        Assert.Empty(found);
        Assert.DoesNotContain("Canary", said.ToString(), StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(hosts.Folder, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain("Canary", ReadOrEmpty(file), StringComparison.Ordinal);
        }

        // On the host: its files but those of the password database, and the journal of its systemd.
        Assert.Equal("", await host.SaysAsync("grep -rlsI -e Canary- /var/lib /root /home /tmp /etc /run --exclude='shadow*'; journalctl | grep Canary-"));

        void Append(RecordingSink sink)
        {
            foreach (var thing in sink.Records.Concat(sink.Warnings).Concat(sink.Verboses).Concat(sink.Questions)) said.Append(thing).Append('\n');
            foreach (var fault in sink.Faults) said.Append(fault).Append(fault.Target).Append(fault.Remedy).Append('\n');
        }
    }

    // The hosts' processes are in namespaces below this machine's, so they are looked at, too.
    private static void LookAtProcesses(ConcurrentQueue<string> found)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[6])))
        {
            foreach (var what in new[] { "cmdline", "environ" })
            {
                var text = ReadOrEmpty($"{process}/{what}");
                if (text.Contains(Login, StringComparison.Ordinal) || text.Contains(Sudo, StringComparison.Ordinal)) found.Enqueue($"{process}/{what}");
            }
        }
    }

    private static void LookAtFiles(string folder, ConcurrentQueue<string> found)
    {
        try
        {
            foreach (var file in Directory.EnumerateDirectories(folder, "ch-*").SelectMany(Directory.EnumerateFiles))
            {
                // To read the pipe would take the password from ssh; a pipe has no content on any disk.
                if (Path.GetFileName(file) is "p" or "m") continue;
                if (ReadOrEmpty(file).Contains("Canary", StringComparison.Ordinal)) found.Enqueue(file);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // It went while it was looked at.
        }
    }

    private static string ReadOrEmpty(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static System.Security.SecureString Secure(string text) => new NetworkCredential("", text).SecurePassword;
}
