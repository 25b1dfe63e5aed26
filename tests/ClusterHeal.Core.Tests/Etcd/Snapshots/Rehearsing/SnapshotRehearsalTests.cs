using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Practice.Etcd;

namespace ClusterHeal.Tests.Etcd.Snapshots;

/// <summary>Rehearsed restores, with real servers of Debian's releases and with programs that only pretend to be one.</summary>
public sealed class SnapshotRehearsalTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly TempFolder _bin = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _temp.Dispose();
        _bin.Dispose();
    }

    [Fact]
    public async Task A_snapshot_is_restored_and_a_real_etcd_has_its_hash()
    {
        var results = await RehearseAsync(Fixture.PathOf("etcd/snap.db"), await FolderOfAsync(EtcdRelease.V35));
        Assert.Equal(["Restore: Pass", "Boot: Pass"], results.Select(r => $"{r.Name}: {r.Status}"));
        Assert.Contains("revision 53", results[1].Message, StringComparison.Ordinal);
        Assert.Contains(results[1].Evidence, e => e.EndsWith("the same hash, 119939006", StringComparison.Ordinal));
        Assert.All(results, r => Assert.True(r.Elapsed > TimeSpan.Zero));
        AssertNothingIsLeft();
    }

    [Theory]
    [InlineData(EtcdRelease.V34)]
    [InlineData(EtcdRelease.V35)]
    public async Task A_snapshot_of_3_4_starts_in_its_own_release_and_in_the_next(EtcdRelease release)
    {
        using var taken = await TakenSnapshot.By34Async();
        var results = await RehearseAsync(taken.Path, await FolderOfAsync(release));
        Assert.Equal(["Restore: Pass", "Boot: Pass"], results.Select(r => $"{r.Name}: {r.Status}"));
        Assert.Contains(results[1].Evidence, e => e.EndsWith($"the same hash, {taken.Hash}", StringComparison.Ordinal));
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task A_flipped_byte_fails_the_restore_and_nothing_is_started()
    {
        var result = Assert.Single(await RehearseAsync(Fixture.PathOf("etcd/snap_badvalue.db"), await FolderOfAsync(EtcdRelease.V35)));
        Assert.Equal(("Restore", CheckStatus.Fail), (result.Name, result.Status));
        Assert.Contains("sha256", result.Message, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Without_an_etcd_the_restore_is_read_back_and_the_rest_is_not_claimed()
    {
        var result = Assert.Single(await RehearseAsync(Fixture.PathOf("etcd/snap.db"), _bin.Path));
        Assert.Equal(("Restore", CheckStatus.Pass), (result.Name, result.Status));
        Assert.Contains("No etcd is on the PATH", result.Message, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task An_etcd_that_is_older_than_the_snapshot_is_not_started()
    {
        var results = await RehearseAsync(Fixture.PathOf("etcd/snap.db"), await FolderOfAsync(EtcdRelease.V34));
        Assert.Equal(["Restore: Pass", "Boot: Unknown"], results.Select(r => $"{r.Name}: {r.Status}"));
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task An_etcd_that_ends_at_its_start_fails_the_check_with_its_last_words()
    {
        Pretend("echo 'panic: no such page' >&2; exit 2");
        var boot = (await RehearseAsync(Fixture.PathOf("etcd/snap.db"), _bin.Path))[1];
        Assert.Equal(CheckStatus.Fail, boot.Status);
        Assert.Contains("panic: no such page", boot.Evidence);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task An_etcd_that_says_nothing_is_killed_when_its_time_is_over()
    {
        Pretend($"echo $$ >{_bin.File("pid")}; exec sleep 3600");
        var boot = (await RehearseAsync(Fixture.PathOf("etcd/snap.db"), _bin.Path, TimeSpan.FromSeconds(3)))[1];
        Assert.Equal(CheckStatus.Unknown, boot.Status);
        Assert.False(Directory.Exists($"/proc/{File.ReadAllText(_bin.File("pid")).Trim()}"));
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task A_rehearsal_that_is_cancelled_kills_its_etcd()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var pid = _bin.File("pid");
        Pretend($"echo $$ >{pid}.new; mv {pid}.new {pid}; exec sleep 3600");
        var rehearsal = RehearseAsync(Fixture.PathOf("etcd/snap.db"), _bin.Path, null, stop.Token);
        while (!File.Exists(pid) && !rehearsal.IsCompleted) await Task.Delay(20, Cancel);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rehearsal);
        Assert.False(Directory.Exists($"/proc/{File.ReadAllText(pid).Trim()}"));
        AssertNothingIsLeft();
    }

    private static async Task<string> FolderOfAsync(EtcdRelease release) =>
        Path.GetDirectoryName((await EtcdPrograms.GetAsync(release, Cancel)).Server)!;

    private async Task<List<CheckResult>> RehearseAsync(
        string path, string searchPath, TimeSpan? timeout = null, CancellationToken? cancellationToken = null)
    {
        var rehearsal = new SnapshotRehearsal(searchPath, new RecordingSink())
        {
            TempFolder = _temp.Path,
            Timeout = timeout ?? TimeSpan.FromMinutes(2),
        };
        var results = await SnapshotTester.TestAsync(path, null, rehearsal, cancellationToken ?? Cancel);
        return [.. results.SkipWhile(r => r.Name != "Restore")];
    }

    /// <summary>Puts an etcd on the search path that says its version and does something else.</summary>
    private void Pretend(string script)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The pretender is a shell script.");
        var file = _bin.File("etcd");
        File.WriteAllText(file, $"#!/bin/sh\nif [ \"$1\" = --version ]; then echo 'etcd Version: 3.5.0'; exit; fi\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>No file in the temporary folder, and no process that was told of it.</summary>
    private void AssertNothingIsLeft()
    {
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temp.Path));
        Assert.DoesNotContain(
            Directory.EnumerateDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), out _)),
            process => CommandLineOf(process).Contains(_temp.Path, StringComparison.Ordinal));
    }

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return ""; // It has just ended.
        }
    }
}
