using System.Security.Cryptography;
using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <content>Files and output.</content>
public sealed partial class SshShellTests
{
    [Theory]
    [InlineData(SshTransport.OpenSsh)]
    [InlineData(SshTransport.SshNet)]
    public async Task Files_go_through_without_sftp_with_hash_mode_and_owner_and_hostile_names(SshTransport transport)
    {
        var filer = For(transport, "filer");
        await Host.AddUserAsync(filer, Stop);
        await Host.SaysAsync("sed -i '/^Subsystem/d' /etc/ssh/sshd_config; rm -rf '/srv/a b'; mkdir -p '/srv/a b'");
        await ReloadSshAsync();
        await using var shell = Shell(Root, transport);
        foreach (var name in new[] { "it's", "$(touch HURT)", "`touch HURT`", "line\nline", "ü中", "-n", ";touch HURT", "*" })
        {
            var content = RandomNumberGenerator.GetBytes(70_000);
            var access = new HostFileAccess(UnixFileMode.UserRead | UnixFileMode.GroupRead, filer, filer);
            var written = await shell.WriteFileAsync($"/srv/a b/{name}", new MemoryStream(content), access, Stop);
            using var back = new MemoryStream();
            var read = await shell.ReadFileAsync($"/srv/a b/{name}", back, Stop);
            Assert.Equal(content, back.ToArray());
            Assert.Equal(Convert.ToHexString(SHA256.HashData(content)), written.Sha256, ignoreCase: true);
            Assert.Equal(access.Mode, read.Access.Mode);
        }

        Assert.Equal($"8\n440 {filer}", await Host.SaysAsync("cd '/srv/a b'; find . -type f -print0 | tr -dc '\\0' | wc -c; stat -c '%a %U' ./* | sort -u"));
        Assert.Equal("", await Host.SaysAsync("find / -xdev -name HURT"));
    }

    [Theory]
    [InlineData(SshTransport.OpenSsh)]
    [InlineData(SshTransport.SshNet)]
    public async Task Output_of_50_MB_arrives_whole_and_output_without_end_is_an_error(SshTransport transport)
    {
        await using var shell = Shell(Root, transport);
        var big = await shell.RunAsync(new HostScript("head -c 52428800 /dev/zero") { OutputLimit = 60 << 20 }, Stop);
        Assert.Equal(52428800, big.Output.Length);
        var fault = await Assert.ThrowsAsync<HostShellException>(() => shell.RunAsync(new HostScript("cat /dev/zero"), Stop));
        Assert.Equal(ErrorIds.HostOutputTooLarge, fault.ErrorId);
    }

    [Theory]
    [InlineData(SshTransport.OpenSsh)]
    [InlineData(SshTransport.SshNet)]
    public async Task A_full_disk_is_told_apart_and_leaves_the_old_file_and_nothing_else(SshTransport transport)
    {
        await Host.SaysAsync("mkdir -p /mnt/small && mount -t tmpfs -o size=1m small /mnt/small && echo old > /mnt/small/file");
        await using var shell = Shell(Root, transport);
        var fault = await Assert.ThrowsAsync<HostShellException>(
            () => shell.WriteFileAsync("/mnt/small/file", new MemoryStream(new byte[30 << 20]), HostFileAccess.Private, Stop));
        Assert.Equal(ErrorIds.HostDiskFull, fault.ErrorId);
        Assert.Equal("old file", await Host.SaysAsync("echo $(cat /mnt/small/file) $(ls -A /mnt/small)"));
    }
}
