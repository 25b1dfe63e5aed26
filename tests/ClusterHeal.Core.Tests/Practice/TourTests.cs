using System.Text;
using ClusterHeal.Practice.Tour;

namespace ClusterHeal.Tests.Practice;

public sealed class TourTests : IDisposable
{
    private readonly StringWriter _told = new();

    public void Dispose() => _told.Dispose();

    [Fact]
    public async Task Every_chapter_comes_out_as_announced_and_leaves_no_folder()
    {
        var before = TourFolders();
        var code = await TourProgram.RunAsync([], _told, TestContext.Current.CancellationToken);

        Assert.True(code == 0, _told.ToString());
        Assert.Equal(before, TourFolders());
    }

    [Fact]
    public async Task The_list_names_the_chapters_and_an_unknown_name_is_refused()
    {
        Assert.Equal(0, await TourProgram.RunAsync(["--list"], _told, TestContext.Current.CancellationToken));
        Assert.Contains("backup", _told.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, await TourProgram.RunAsync(["--scene", "no-such"], _told, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_scene_that_does_not_see_what_it_announced_fails_the_tour()
    {
        var code = await TourProgram.PlayAsync([new Disappointed()], _told, TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Contains("Get-Nothing: It is gone.", _told.ToString(), StringComparison.Ordinal);
        Assert.Contains("not as announced: 'Get-Nothing -Name x' succeeds", _told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Objects_are_shown_by_the_columns_of_the_views()
    {
        const string Views = """
            <Configuration><ViewDefinitions><View>
              <Name>x</Name><ViewSelectedBy><TypeName>ClusterHeal.Tests.Practice.TourTests+Thing</TypeName></ViewSelectedBy>
              <TableControl>
                <TableHeaders>
                  <TableColumnHeader><Label>NAME</Label></TableColumnHeader>
                  <TableColumnHeader><Label>SIZE</Label><Alignment>Right</Alignment></TableColumnHeader>
                </TableHeaders>
                <TableRowEntries><TableRowEntry><TableColumnItems>
                  <TableColumnItem><PropertyName>Name</PropertyName></TableColumnItem>
                  <TableColumnItem><ScriptBlock>'{0:0.#} MiB' -f ($_.FileSize / 1MB)</ScriptBlock></TableColumnItem>
                </TableColumnItems></TableRowEntry></TableRowEntries>
              </TableControl>
            </View></ViewDefinitions></Configuration>
            """;
        var renderer = new ViewRenderer([.. ModuleView.Read(new MemoryStream(Encoding.UTF8.GetBytes(Views)))]);

        string[] expected = ["", "NAME      SIZE", "----      ----", "a        2 KiB", "longer 1.5 MiB"];
        Assert.Equal(expected, renderer.Render([new Thing("a", 2048), new Thing("longer", 3 << 19)]));
    }

    private static string[] TourFolders() => Directory.GetDirectories(Path.GetTempPath(), "clusterheal-tour-*");

    private sealed record Thing(string Name, long FileSize);

    private sealed class Disappointed : ITourScene
    {
        public string Name => "disappointed";

        public string Title => "nothing comes";

        public async Task PlayAsync(TourStage stage, CancellationToken cancellationToken)
        {
            var nothing = await stage.RunAsync(
                "Get-Nothing -Name x", _ => throw new ClusterHealException("Gone", FaultCategory.NotFound, "It is gone."));
            nothing.One<Thing>();
        }
    }
}
