using ClusterHeal.Tour;

namespace ClusterHeal.Tests.Practice;

public sealed class TourTests : IDisposable
{
    private readonly StringWriter _told = new();

    public void Dispose() => _told.Dispose();

    /// <summary>The first chapter, or, with <c>CLUSTERHEAL_TEST_ALL</c>, all.</summary>
    [Fact]
    public async Task A_chapter_comes_out_as_announced_and_leaves_no_folder()
    {
        var before = TourFolders();
        var chapters = TourChapter.All.Where(chapter => LongTests.AreWanted || chapter.Name == "backup").ToList();
        var code = await TourProgram.PlayAsync(chapters, _told, TestContext.Current.CancellationToken);

        Assert.NotEmpty(chapters);
        Assert.True(code == 0, _told.ToString());
        Assert.Equal(before, TourFolders());
        TestContext.Current.TestOutputHelper?.WriteLine(_told.ToString());
    }

    [Fact]
    public async Task The_list_names_the_chapters_and_an_unknown_name_is_refused()
    {
        Assert.Equal(0, await TourProgram.RunAsync(["--list"], _told, TestContext.Current.CancellationToken));
        Assert.Contains("backup", _told.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, await TourProgram.RunAsync(["--scene", "no-such"], _told, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_typed_is_what_runs_and_its_output_is_what_pwsh_prints()
    {
        await PlayAsync("$sum = 20 + 22\n\nGet-FailureDrill Kubelet | Select-Object Name\n#? it is known: $out.Name -eq 'Kubelet'\n\n\"sum: $sum\"\n");

        string[] expected =
        [
            "PS> $sum = 20 + 22", "PS> Get-FailureDrill Kubelet | Select-Object Name", "Name", "----", "Kubelet", "PS> \"sum: $sum\"", "sum: 42",
        ];
        Assert.Equal(expected, _told.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Fact]
    public async Task A_chapter_that_does_not_see_what_it_announced_fails_the_tour()
    {
        var failure = await Assert.ThrowsAsync<TourFailedException>(
            () => PlayAsync("Get-EtcdSnapshot no-such.db\n#? it is read: $problems.Count -eq 0\n"));

        Assert.StartsWith("not as announced: it is read", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Get-EtcdSnapshot:", _told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_is_read_as_sentences_commands_checks_and_actions()
    {
        TourStep[] expected =
        [
            new(TourStepKind.Say, "One sentence."),
            new(TourStepKind.Run, "do {\n    1\n} while ($false)"),
            new(TourStepKind.Check, "$out -eq 1", "it is one"),
            new(TourStepKind.Act, "power-on kubem00"),
            new(TourStepKind.Run, "2"),
        ];
        Assert.Equal(
            expected, TourStep.Read("# One sentence.\ndo {\n    1\n} while ($false)\n#? it is one: $out -eq 1\n\n#! power-on kubem00\n2\n"));
    }

    [Fact]
    public void Every_chapter_announces_something()
    {
        foreach (var chapter in TourChapter.All) Assert.Contains(chapter.Steps, step => step.Kind == TourStepKind.Check);
    }

    private static string[] TourFolders() => Directory.GetDirectories(Path.GetTempPath(), "clusterheal-tour-*");

    private async Task PlayAsync(string script)
    {
        using var folder = new TempFolder();
        await using var shell = await TourShell.StartAsync(folder.Path, _told, colour: false, TestContext.Current.CancellationToken);
        await new TourPlayer(shell, _told).PlayAsync(TourStep.Read(script), folder.Path, new NoServers(), TestContext.Current.CancellationToken);
    }

    private sealed class NoServers : ITourSetting
    {
        public IReadOnlyDictionary<string, IReadOnlyList<string>> Facts => new Dictionary<string, IReadOnlyList<string>>();

        public IReadOnlyList<string> ProgramFolders => [];

        public Task ActAsync(string action, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
