namespace ClusterHeal.Tests.Hosts;

/// <summary>Files on hosts: nothing is overwritten, lost, or laid where another user's link leads.</summary>
public sealed class HostLibraryFileTests : IDisposable
{
    // Some user who is not root, whether or not the machine has a name for it.
    private const string Stranger = "54321";
    private readonly SimulatedHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("dash")]
    [InlineData("bash")]
    public async Task A_file_or_folder_is_moved_into_a_folder_that_is_made_and_as_often_as_one_likes(string shell)
    {
        _host.Write("from/file", "text");
        _host.Write("from/folder/inner", "inner");
        for (var i = 0; i < 2; i++)
        {
            var run = await _host.RunAsync("move @/from/file @/to/here/file && move @/from/folder @/to/here/folder", shell);
            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            Assert.Equal("text", Text("to/here/file"));
            Assert.Equal("inner", Text("to/here/folder/inner"));
        }

        Assert.Empty(Directory.GetFileSystemEntries(_host.PathOf("from")));
        Assert.Equal(0, (await _host.RunAsync("rmdir @/from && move @/from/file @/to/here/file", shell)).ExitCode);
    }

    [Theory]
    [InlineData("printf new > @/to/file")]
    [InlineData("mkdir -p @/to/file")]
    [InlineData("ln -s /nowhere @/to/file")]
    public async Task What_somebody_has_laid_there_meanwhile_is_not_overwritten(string meanwhile)
    {
        _host.Write("from/file", "old");
        Directory.CreateDirectory(_host.PathOf("to"));
        var before = await _host.PrintsAsync($"{meanwhile}; ls -ld @/to/file");
        var run = await _host.RunAsync("move @/from/file @/to/file");
        Assert.Equal(47, run.ExitCode);
        Assert.Contains("there already", run.Error, StringComparison.Ordinal);
        Assert.Equal("old", Text("from/file"));
        Assert.Equal(before, await _host.PrintsAsync("ls -ld @/to/file"));
    }

    [Fact]
    public async Task What_comes_in_the_very_moment_of_the_move_is_not_overwritten()
    {
        _host.Write("from/file", "old");
        Directory.CreateDirectory(_host.PathOf("to"));
        // The last look is over when mv is called.
        var run = await _host.RunAsync("mv() { printf new > @/to/file; command mv \"$@\"; }; move @/from/file @/to/file");
        Assert.Equal(47, run.ExitCode);
        Assert.Equal(("old", "new"), (Text("from/file"), Text("to/file")));
    }

    [Fact]
    public async Task A_name_is_free_if_not_even_a_link_that_leads_nowhere_has_it()
    {
        Assert.Equal(_host.PathOf("from/file.1"), await _host.PrintsAsync("free_name @/from/file"));
        _host.Write("from/file.1", "text");
        File.CreateSymbolicLink(_host.PathOf("from/file.2"), "/nowhere");
        Assert.Equal(_host.PathOf("from/file.3"), await _host.PrintsAsync("free_name @/from/file"));
    }

    [Fact]
    public async Task What_is_nowhere_is_an_error()
    {
        Assert.Equal(40, (await _host.RunAsync("move @/a/file @/b/file")).ExitCode);
    }

    [Fact]
    public async Task A_file_is_copied_whole_to_another_filesystem_and_a_folder_is_refused()
    {
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "This machine has no second filesystem to write to.");
        var other = Directory.CreateDirectory($"/dev/shm/clusterheal-test-{Guid.NewGuid():N}");
        try
        {
            await File.WriteAllTextAsync($"{other.FullName}/file", "text", TestContext.Current.CancellationToken);
            other.CreateSubdirectory("folder");
            Assert.Equal("640", await _host.PrintsAsync($"chmod 640 {other.FullName}/file; move {other.FullName}/file @/to/file; stat -c %a @/to/file"));
            Assert.Equal("text", Text("to/file"));
            Assert.False(File.Exists($"{other.FullName}/file"));
            Assert.Equal(["file"], Directory.GetFileSystemEntries(_host.PathOf("to")).Select(Path.GetFileName));

            // Killed between the copy and its end: both are there, and the same.
            await File.WriteAllTextAsync($"{other.FullName}/file", "text", TestContext.Current.CancellationToken);
            Assert.Equal("", await _host.PrintsAsync($"move {other.FullName}/file @/to/file"));
            Assert.False(File.Exists($"{other.FullName}/file"));

            await File.WriteAllTextAsync($"{other.FullName}/file", "other", TestContext.Current.CancellationToken);
            Assert.Equal(47, (await _host.RunAsync($"move {other.FullName}/file @/to/file")).ExitCode);
            Assert.Equal("text", Text("to/file"));

            var folder = await _host.RunAsync($"move {other.FullName}/folder @/to/folder");
            Assert.Equal(41, folder.ExitCode);
            Assert.Contains("another filesystem", folder.Error, StringComparison.Ordinal);
            Assert.True(Directory.Exists($"{other.FullName}/folder"));
        }
        finally
        {
            other.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_file_is_put_over_the_old_one_with_its_mode_or_not_at_all()
    {
        _host.Write("folder/file", "old");
        Assert.Equal("600 new", await _host.PrintsAsync("printf new | put_file @/folder/file && echo \"$(stat -c %a @/folder/file) $(cat @/folder/file)\""));
        Assert.Equal("640", await _host.PrintsAsync("printf new | put_file @/folder/file 640 && stat -c %a @/folder/file"));
        Assert.Equal(41, (await _host.RunAsync("sync() { return 1; }; printf newer | put_file @/folder/file")).ExitCode);
        Assert.Equal("new", Text("folder/file"));
        Assert.Equal(40, (await _host.RunAsync("printf new | put_file @/none/file")).ExitCode);
        Assert.NotEqual(0, (await _host.RunAsync("mkdir @/folder/sub; printf new | put_file @/folder/sub")).ExitCode);
        Assert.Equal(["file", "sub"], Directory.GetFileSystemEntries(_host.PathOf("folder")).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("printf x | put_file @/theirs/link/file")]
    [InlineData("move @/ours/file @/theirs/link/file")]
    [InlineData("move @/theirs/link/victim @/ours/taken")]
    [InlineData("enter @/theirs/link")]
    [InlineData("enter @/theirs/link/../deep make")]
    [InlineData("enter @/way/link")]
    public async Task A_link_in_a_folder_of_somebody_else_is_not_followed(string command)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a file away.");
        _host.Write("ours/file", "text");
        _host.Write("ours/victim", "text");
        Directory.CreateDirectory(_host.PathOf("theirs"));
        await _host.PrintsAsync($"ln -s @/ours @/theirs/link; ln -s @/theirs @/way; chown -h {Stranger} @/theirs @/theirs/link");
        var before = Directory.GetFileSystemEntries(_host.PathOf("ours"));
        var run = await _host.RunAsync(command);
        Assert.Equal(41, run.ExitCode);
        Assert.Contains("symbolic link", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(_host.PathOf("ours")));
    }

    [Fact]
    public async Task A_folder_that_turns_into_a_link_while_we_go_in_is_not_followed()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a file away.");
        Directory.CreateDirectory(_host.PathOf("ours"));
        Directory.CreateDirectory(_host.PathOf("theirs/data"));
        var run = await _host.RunAsync($$"""
            chown {{Stranger}} @/theirs
            cd() { case $* in */data) rmdir data; ln -s @/ours data ;; esac; command cd "$@"; }
            printf x | put_file @/theirs/data/file
            """);
        Assert.Equal(41, run.ExitCode);
        Assert.Contains("is a symbolic link now", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_host.PathOf("ours")));
    }

    [Fact]
    public async Task Roots_own_links_are_followed()
    {
        Directory.CreateDirectory(_host.PathOf("ours/data"));
        var run = await _host.RunAsync("ln -s ours @/a; ln -s @/a/../ours/data @/b; printf text | put_file @/b/file");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("text", Text("ours/data/file"));
    }

    [Fact]
    public async Task A_link_to_itself_comes_to_an_end() =>
        Assert.Equal(41, (await _host.RunAsync("ln -s loop @/loop; enter @/loop/a")).ExitCode);

    [Fact]
    public async Task A_program_is_trusted_only_if_nobody_else_can_change_it_or_the_way_to_it()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a file away.");
        Assert.Equal(await _host.PrintsAsync("readlink -f /bin/cat"), await _host.PrintsAsync("trusted_program /bin/cat"));
        // The temporary folder is everybody's.
        Assert.Equal(1, (await _host.RunAsync("cp /bin/true @/etcd; trusted_program @/etcd")).ExitCode);
        Assert.Equal(1, (await _host.RunAsync("cd /bin; trusted_program cat")).ExitCode);
        Assert.Equal(1, (await _host.RunAsync("trusted_program /nowhere/at/all")).ExitCode);
        Assert.Equal(1, (await _host.RunAsync("trusted_program /etc/passwd")).ExitCode);
    }

    [Theory]
    [InlineData("755", "0", 0)]
    [InlineData("775", "0", 0)]
    [InlineData("775", Stranger, 1)]
    [InlineData("757", "0", 1)]
    [InlineData("1777", "0", 1)]
    public async Task A_folder_is_ours_by_its_owner_and_mode(string mode, string group, int expected)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a file away.");
        Assert.Equal(expected, (await _host.RunAsync($"mkdir @/x; chgrp {group} @/x; chmod {mode} @/x; is_ours @/x")).ExitCode);
        Assert.Equal(1, (await _host.RunAsync($"chown {Stranger} @/x; chmod 700 @/x; is_ours @/x")).ExitCode);
    }

    [Fact]
    public async Task Whether_a_database_is_in_use_is_told_by_its_lock()
    {
        _host.Write("data/db", "");
        Assert.Equal("1 0 1", await _host.PrintsAsync(
            "is_locked @/data/db; echo $? $(flock @/data/db sh -c 'echo held; sleep 1' | { read -r held; is_locked @/data/db; echo $?; }) $(is_locked @/data/none; echo $?) | cut -d ' ' -f 1-3"));
        Assert.Equal(2, (await _host.RunAsync("mkdir @/data/folder; is_locked @/data/folder")).ExitCode);
    }

    private string Text(string path) => File.ReadAllText(_host.PathOf(path));
}
