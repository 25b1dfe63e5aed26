using ClusterHeal.Common;

namespace ClusterHeal.Tests.Common;

public sealed class ProgramPathTests : IDisposable
{
    // The framework has one current folder for all tests, so it is left alone: paths relative to it lead to this folder.
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_folder_that_has_an_executable_wins()
    {
        Write("one/tool", executable: false);
        Directory.CreateDirectory(_folder.File("two/tool"));
        var third = Write("three/tool");
        Write("four/tool");
        Assert.Equal(third, ProgramPath.Find("tool", Folders("one", "two", "missing", "three", "four")));
        Assert.Null(ProgramPath.Find("tool", Folders("one", "two")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_program_that_the_PATH_finds_in_a_relative_folder_is_refused_by_name(bool hasBetterLater)
    {
        Write("bin/tool");
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), _folder.File("bin"));
        var path = hasBetterLater ? relative + Path.PathSeparator + Folders("bin") : relative;
        var fault = Assert.Throws<ClusterHealException>(() => ProgramPath.Find("tool", path));
        Assert.Equal(ErrorIds.ProgramPathRelative, fault.ErrorId);
        Assert.Contains(relative, fault.Message, StringComparison.Ordinal);
        Assert.Equal(_folder.File("bin/tool"), ProgramPath.Find("tool", Folders("bin") + Path.PathSeparator + relative));
    }

    [Fact]
    public void An_empty_entry_is_the_current_folder_and_refused()
    {
        // The name of a program that is nowhere else.
        var name = $"clusterheal-test-{Guid.NewGuid():N}";
        var here = Path.Combine(Directory.GetCurrentDirectory(), name);
        try
        {
            File.Move(Write("tool"), here);
            foreach (var path in new[] { "", ":", "/usr/bin:", ":/usr/bin", "." })
            {
                var fault = Assert.Throws<ClusterHealException>(() => ProgramPath.Find(name, path));
                Assert.Equal(ErrorIds.ProgramPathRelative, fault.ErrorId);
            }

            Assert.Null(ProgramPath.Find(name, "/usr/bin:/bin"));
            Assert.Equal(ErrorIds.ProgramNotFound, Assert.Throws<ClusterHealException>(() => ProgramStart.Piped(name, [])).ErrorId);
        }
        finally
        {
            File.Delete(here);
        }
    }

    [Fact]
    public void A_path_is_taken_as_it_is()
    {
        var tool = Write("bin/tool");
        Assert.Equal(tool, ProgramPath.Find(tool, ""));
        Assert.Null(ProgramPath.Find(Write("bin/text", executable: false), ""));
        Assert.Equal(tool, ProgramStart.Piped(tool, ["a"]).FileName);
    }

    private string Folders(params string[] names) => string.Join(Path.PathSeparator, names.Select(_folder.File));

    private string Write(string name, bool executable = true)
    {
        var path = _folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "#!/bin/sh\n");
        File.SetUnixFileMode(path, executable ? UnixFileMode.UserRead | UnixFileMode.UserExecute : UnixFileMode.UserRead);
        return path;
    }
}
