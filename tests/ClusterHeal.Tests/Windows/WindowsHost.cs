using ClusterHeal.Practice.Hosts;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Windows;

/// <summary>A practice host that is entered from PowerShell for Windows: by a password, and by a key file.</summary>
internal static class WindowsHost
{
    private const string User = "admin";
    private const string Password = "c0rrect horse'$(x)";

    /// <summary>Boots it.</summary>
    /// <param name="folder">Gets the key file; <c>Z:\work</c> there.</param>
    /// <param name="share">Gets the key file, too; <c>\\server\share</c> there.</param>
    /// <param name="environment">Gets what the tests need to know.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<PracticeHosts> StartAsync(
        string folder, string share, Dictionary<string, string?> environment, CancellationToken cancellationToken)
    {
        var key = Path.Combine(folder, "id_ed25519");
        // Wine's key store takes no ECDSA key of a file.
        (await Tool.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key], cancellationToken)).Expect();
        File.Copy(key, Path.Combine(share, "id_ed25519"));
        var hosts = await PracticeHosts.StartAsync(["h1"], cancellationToken, all => all["h1"].Disk.EnableUnit(
            "kube-scheduler.service", "[Service]\nExecStart=/bin/bash -c 'exec -a kube-scheduler sleep infinity'\n[Install]\nWantedBy=multi-user.target\n"));
        var host = hosts["h1"];
        // Windows has Curve25519 and elliptic Diffie-Hellman, Wine has neither.
        host.Disk.Write("/etc/ssh/sshd_config.d/00-password.conf", "PasswordAuthentication yes\nKexAlgorithms diffie-hellman-group14-sha256\n");
        await host.AddUserAsync(User, cancellationToken, password: Password, sudoers: "ALL=(ALL) ALL");
        var line = await File.ReadAllTextAsync(key + ".pub", cancellationToken);
        (await host.RunAsync(cancellationToken, "/bin/sh", "-c", "printf %s \"$1\" >> /root/.ssh/authorized_keys; systemctl restart ssh", "sh", line)).Expect();

        var hostKey = Path.Combine(folder, "host.pub");
        await File.WriteAllTextAsync(hostKey, host.HostKey.PublicLine + "\n", cancellationToken);
        var print = (await Tool.RunAsync("ssh-keygen", ["-l", "-f", hostKey], cancellationToken)).Expect().Output.Split(' ')[1];
        environment["CLUSTERHEAL_TEST_HOST"] = host.Address;
        environment["CLUSTERHEAL_TEST_HOST_KEY"] = host.HostKey.PublicLine;
        environment["CLUSTERHEAL_TEST_FINGERPRINT"] = print;
        environment["CLUSTERHEAL_TEST_OTHER_KEY"] = SshKeyPair.Create().PublicLine;
        environment["CLUSTERHEAL_TEST_USER"] = User;
        environment["CLUSTERHEAL_TEST_PASSWORD"] = Password;
        return hosts;
    }
}
