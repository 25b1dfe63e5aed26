using ClusterHeal.Practice.Peers;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Practice.Hosts;

/// <summary>
/// The layer over the machine's own root that makes it a host: the unpacked packages, an SSH server's settings, and holes where
/// the machine's own files are. It is read-only for the hosts, which share it.
/// </summary>
internal static class HostLayer
{
    private static readonly string[] Hidden =
    [
        "opt", "home", "srv", "mnt", "media", "root", "etc/ssh", "etc/systemd/system", "etc/systemd/network", "etc/cron.d",
        "etc/kubernetes", "etc/etcd", "var/log", "var/cache", "var/spool", "var/backups", "var/lib/systemd", "var/lib/etcd",
        "var/lib/docker", "var/lib/containerd", "var/lib/postgresql",
    ];

    private static readonly string[] Needed =
    [
        "bin", "boot", "dev", "etc", "home", "lib", "lib64", "media", "mnt", "opt", "proc", "root", "run", "sbin", "srv", "sys", "tmp",
        "usr", "var",
    ];

    // A host has no hardware, clock or network of its own to manage, and no user at a console.
    private static readonly string[] Masked =
    [
        "getty.target", "getty-static.service", "console-getty.service", "systemd-networkd.service", "systemd-networkd.socket",
        "systemd-resolved.service", "systemd-timesyncd.service", "systemd-firstboot.service", "systemd-udevd.service",
        "systemd-udev-trigger.service", "systemd-binfmt.service", "proc-sys-fs-binfmt_misc.automount", "systemd-pcrphase.service",
        "systemd-random-seed.service", "systemd-modules-load.service", "systemd-machine-id-commit.service", "apt-daily.timer",
        "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer", "logrotate.timer",
        "man-db.timer",
    ];

    /// <summary>Fills a folder, which has to be on a file system of memory: overlayfs refuses layers that lie in each other.</summary>
    public static async Task FillAsync(string folder, Peer parts, SshKeyPair userKey, CancellationToken cancellationToken)
    {
        (await Tool.RunAsync("cp", ["--archive", $"{parts.Root}/.", folder], cancellationToken)).Expect();
        foreach (var path in Hidden)
        {
            Directory.CreateDirectory(Path.Combine(folder, path));
            Native.MakeOpaque(Path.Combine(folder, path));
        }
        foreach (var entry in Directory.GetFileSystemEntries("/").Select(entry => Path.GetFileName(entry)).Except(Needed))
        {
            Native.MakeWhiteout(Path.Combine(folder, entry));
        }

        var disk = new HostDisk(folder);
        disk.MakePrivateFolder("/root/.ssh");
        disk.MakePrivateFolder("/root");
        disk.WritePrivate("/root/.ssh/authorized_keys", $"{userKey.PublicLine} practice\n");
        Directory.CreateDirectory(disk.PathOf("/var/log/journal"));
        Directory.CreateDirectory(disk.PathOf("/var/cache/apt/archives/partial"));
        disk.Write("/etc/systemd/journald.conf.d/practice.conf", """
            [Journal]
            Storage=persistent
            SystemMaxUse=32M
            RateLimitIntervalSec=0

            """);
        // Nothing answers DNS there. Each question would take ten seconds.
        disk.Write("/etc/nsswitch.conf", """
            passwd: files systemd
            group: files systemd
            shadow: files
            hosts: files
            services: files
            protocols: files

            """);
        disk.Write("/etc/motd", "This is a practice host of ClusterHeal.\n");
        WriteAccounts(disk);
        WriteSshServer(disk);

        foreach (var unit in Masked) File.CreateSymbolicLink(disk.PathOf($"/etc/systemd/system/{unit}"), "/dev/null");
        File.CreateSymbolicLink(disk.PathOf("/etc/systemd/system/default.target"), "/lib/systemd/system/multi-user.target");
        Directory.CreateDirectory(disk.PathOf("/etc/systemd/system/multi-user.target.wants"));
        File.CreateSymbolicLink(disk.PathOf("/etc/systemd/system/multi-user.target.wants/ssh.service"), "/lib/systemd/system/ssh.service");
    }

    /// <summary>The machine's accounts without their passwords, and those that the packages' installation would have made.</summary>
    private static void WriteAccounts(HostDisk disk)
    {
        var users = File.ReadAllLines("/etc/passwd").ToList();
        var groups = File.ReadAllLines("/etc/group").ToList();
        Add(users, "sshd", "sshd:x:150:65534::/run/sshd:/usr/sbin/nologin");
        Add(users, "messagebus", "messagebus:x:151:151::/nonexistent:/usr/sbin/nologin");
        Add(groups, "messagebus", "messagebus:x:151:");
        Add(groups, "sudo", "sudo:x:27:");
        disk.Write("/etc/passwd", Text(users));
        disk.Write("/etc/group", Text(groups));
        disk.WritePrivate("/etc/shadow", Text(users.Select(user => $"{user.Split(':')[0]}:*:19000:0:99999:7:::")));
        disk.WritePrivate("/etc/gshadow", Text(groups.Select(group => $"{group.Split(':')[0]}:*::")));

        static string Text(IEnumerable<string> lines) => string.Join('\n', lines) + "\n";
        static void Add(List<string> lines, string name, string line)
        {
            if (!lines.Exists(each => each.StartsWith($"{name}:", StringComparison.Ordinal))) lines.Add(line);
        }
    }

    private static void WriteSshServer(HostDisk disk) => disk.Write("/etc/ssh/sshd_config", """
        Include /etc/ssh/sshd_config.d/*.conf
        HostKey /etc/ssh/ssh_host_ecdsa_key
        PermitRootLogin prohibit-password
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        UsePAM yes
        UseDNS no
        PrintMotd no
        AcceptEnv LANG LC_*
        Subsystem sftp /usr/lib/openssh/sftp-server

        """);
}
