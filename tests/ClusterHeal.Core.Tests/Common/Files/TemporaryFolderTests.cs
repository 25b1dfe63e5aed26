using ClusterHeal.Common;

namespace ClusterHeal.Tests.Common;

/// <summary>Folders that hold Secrets go in any case.</summary>
public sealed class TemporaryFolderTests : IDisposable
{
    private readonly TempFolder _parent = new();

    public void Dispose() => _parent.Dispose();

    [Fact]
    public void What_a_killed_process_left_goes_with_the_next_and_what_is_in_use_stays()
    {
        using var inUse = TemporaryFolder.Create("test", _parent.Path);
        // As a process leaves it that was killed: the folder and its lock file, which nobody holds.
        var left = Directory.CreateDirectory(_parent.File("clusterheal-test-left"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(left.FullName, Path.GetFileName(Directory.GetFiles(inUse.Path).Single())), "");
        File.WriteAllText(Path.Combine(left.FullName, "db"), "Secrets");

        string second;
        using (var other = TemporaryFolder.Create("test", _parent.Path))
        {
            second = other.Path;
            Assert.False(Directory.Exists(left.FullName));
            Assert.True(Directory.Exists(inUse.Path));
        }

        Assert.False(Directory.Exists(second));
    }

    [Fact]
    public void A_folder_that_others_can_write_to_is_left_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        var left = Directory.CreateDirectory(_parent.File("clusterheal-test-left")).FullName;
        File.WriteAllText(Path.Combine(left, ".in-use"), "");
        File.SetUnixFileMode(left, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherWrite);
        using var folder = TemporaryFolder.Create("test", _parent.Path);
        Assert.True(Directory.Exists(left));
    }
}
