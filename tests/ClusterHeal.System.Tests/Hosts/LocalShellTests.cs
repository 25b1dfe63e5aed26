using System.Security.Cryptography;
using ClusterHeal.Hosts;

namespace ClusterHeal.Tests.Hosts;

/// <summary>The protocol of scripts and files, on this machine's own shell.</summary>
public sealed class LocalShellTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly IHostShell _shell = HostShell.OpenLocal(new HostConnection { HostName = "localhost" });

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Output_and_exit_code_come_back_as_they_were()
    {
        var result = await _shell.RunAsync(new HostScript("printf 'no line end'; echo wrong >&2; exit 7"), Stop);
        Assert.Equal((7, "no line end", "wrong\n"), (result.ExitCode, result.Text, result.Error));
    }

    [Fact]
    public async Task Bytes_are_not_touched()
    {
        var result = await _shell.RunAsync(new HostScript("printf '\\377\\000\\001\\n\\n'"), Stop);
        Assert.Equal([0xff, 0, 1, 10, 10], result.Output);
    }

    [Fact]
    public async Task Arguments_are_data()
    {
        string[] hostile = ["a b", "$(touch hurt)", "`touch hurt`", "'; touch hurt; '", "line\nline\n", "", "*", "中文"];
        var result = await _shell.RunAsync(new HostScript("cd \"$1\"; shift; for a in \"$@\"; do printf '%s\\0' \"$a\"; done; ls", [_folder.FullName, .. hostile]), Stop);
        Assert.Equal(string.Concat(hostile.Select(a => a + "\0")), result.Text);
    }

    [Fact]
    public async Task A_script_that_arrives_in_part_is_not_run_in_part()
    {
        var script = new HostScript("touch \"$1/one\"\ntouch \"$1/two\"", _folder.FullName);
        var whole = new ScriptText(script, sudo: false, withPassword: false).Text;
        for (var length = 0; length < whole.Length; length += 7)
        {
            var start = new System.Diagnostics.ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(new ScriptText(script, sudo: false, withPassword: false).Command);
            using var process = System.Diagnostics.Process.Start(start)!;
            await process.StandardInput.BaseStream.WriteAsync(whole.AsMemory(0, length), Stop);
            process.StandardInput.Close();
            await process.StandardOutput.ReadToEndAsync(Stop);
            await process.WaitForExitAsync(Stop);
            var made = _folder.GetFiles().Length;
            Assert.True(made is 0 or 2, $"{made} of the two files were made from the first {length} of {whole.Length} bytes.");
            foreach (var file in _folder.GetFiles()) file.Delete();
        }
    }

    [Fact]
    public async Task Output_without_end_is_an_error_at_the_limit()
    {
        var fault = await Assert.ThrowsAsync<HostShellException>(() => _shell.RunAsync(new HostScript("yes") { OutputLimit = 1 << 20 }, Stop));
        Assert.Equal(ErrorIds.HostOutputTooLarge, fault.ErrorId);
    }

    [Fact]
    public async Task Errors_without_end_hold_nothing_up()
    {
        var result = await _shell.RunAsync(new HostScript("yes | head -c 50000000 >&2; echo done"), Stop);
        Assert.Equal("done\n", result.Text);
        Assert.InRange(result.Error.Length, 1, 100_000);
    }

    [Fact]
    public async Task A_script_past_its_deadline_is_ended_with_everything_that_it_started()
    {
        var script = new HostScript("echo $$ > \"$1/pid\"; sleep 1234", _folder.FullName) { Timeout = TimeSpan.FromSeconds(4) };
        var fault = await Assert.ThrowsAsync<HostShellException>(() => _shell.RunAsync(script, Stop));
        Assert.Equal(ErrorIds.HostScriptTimeout, fault.ErrorId);
        Assert.Equal(HostScriptState.Unknown, fault.ScriptState);
        var shell = (await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "pid"), Stop)).Trim();
        await HostLab.EventuallyAsync(() => Task.FromResult(!IsRunning(shell)), "it has ended");
    }

    [Fact]
    public async Task What_a_script_leaves_in_the_background_does_not_hold_up_its_end()
    {
        var result = await _shell.RunAsync(new HostScript("sleep 1234 & echo $!"), Stop);
        Assert.Equal(0, result.ExitCode);
        Assert.True(IsRunning(result.Text.Trim()));
        using var left = System.Diagnostics.Process.GetProcessById(int.Parse(result.Text));
        left.Kill();
    }

    [Fact]
    public async Task A_missing_command_is_told_apart()
    {
        var fault = await Assert.ThrowsAsync<HostShellException>(() => _shell.RunCheckedAsync(new HostScript("no-such-command-here"), Stop));
        Assert.Equal(ErrorIds.HostCommandNotFound, fault.ErrorId);
        Assert.Equal(127, fault.ExitCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((1 << 20) - 1)]
    [InlineData(1 << 20)]
    [InlineData((3 << 20) + 17)]
    public async Task A_file_goes_there_and_back_with_its_hash_and_mode(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        var hash = Convert.ToHexString(SHA256.HashData(content));
        var path = Path.Combine(_folder.FullName, "it's $(a) file\nwith ü");
        var access = new HostFileAccess(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        var written = await _shell.WriteFileAsync(path, new MemoryStream(content), access, Stop);
        using var back = new MemoryStream();
        var read = await _shell.ReadFileAsync(path, back, Stop);

        Assert.Equal(hash, written.Sha256, ignoreCase: true);
        Assert.Equal(hash, read.Sha256, ignoreCase: true);
        Assert.Equal(content, back.ToArray());
        Assert.Equal(access.Mode, read.Access.Mode);
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public async Task A_file_that_does_not_arrive_whole_leaves_the_old_one()
    {
        var path = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(path, "old", Stop);
        await Assert.ThrowsAsync<EndOfStreamException>(() => _shell.WriteFileAsync(path, new ShortStream(), HostFileAccess.Private, Stop));
        await HostLab.EventuallyAsync(() => Task.FromResult(_folder.GetFiles().Length == 1), "the part is gone");
        Assert.Equal("old", await File.ReadAllTextAsync(path, Stop));
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public async Task Files_that_are_not_there_and_folders_are_refused()
    {
        var none = await Assert.ThrowsAsync<HostShellException>(() => _shell.ReadFileAsync(_folder.FullName + "/none", Stream.Null, Stop));
        Assert.Equal(ErrorIds.HostFileNotFound, none.ErrorId);
        await Assert.ThrowsAsync<HostShellException>(() => _shell.ReadFileAsync(_folder.FullName, Stream.Null, Stop));
        await Assert.ThrowsAsync<HostShellException>(() => _shell.WriteFileAsync(_folder.FullName, new MemoryStream([1]), HostFileAccess.Private, Stop));
        await Assert.ThrowsAsync<HostShellException>(() => _shell.WriteFileAsync(_folder.FullName + "/none/x", new MemoryStream([1]), HostFileAccess.Private, Stop));
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    // A process that has ended and that nobody has asked after has no command line.
    private static bool IsRunning(string process) =>
        File.Exists($"/proc/{process}/cmdline") && File.ReadAllText($"/proc/{process}/cmdline").Length > 0;

    /// <summary>Says that it has 3 MiB and has one.</summary>
    private sealed class ShortStream() : MemoryStream(new byte[1 << 20])
    {
        public override long Length => 3 << 20;
    }
}
