using System.Xml.Linq;
using ClusterHeal.Help;

namespace ClusterHeal.Tests.Help;

/// <summary>The pages of docs/en-US, and the tool that makes Get-Help's files from them.</summary>
public sealed class HelpTests : IDisposable
{
    private const string Page = """
        ---
        Module Name: ClusterHeal
        ---
        # Get-Thing

        ## SYNOPSIS
        Gets `things`.

        ## DESCRIPTION
        A paragraph that
        is wrapped, with a [link](https://example.com).

        - one
        - two

        ## EXAMPLES

        ### Example 1: All of them
        ```powershell
        # a comment that looks like a heading
        Get-Thing -Name a
        ```
        ```
        Name
        ----
        a
        ```
        That is all.

        ### Example 2: More
        ```powershell
        Get-Thing
        ```

        ### Example 3: Still more
        ```powershell
        Get-Thing b
        ```

        ## PARAMETERS

        ### -Name
        What it is called.

        ## INPUTS

        ### System.String
        Names.

        ## OUTPUTS

        ### ClusterHeal.Thing
        One each.

        ## LINKS
        [Set-Thing](Set-Thing.md)
        [The web](https://example.com)
        """;

    private static readonly Command GetThing = new("Get", "Thing", "ByName", SupportsShouldProcess: false,
    [
        new CommandParameter("Name", "String[]", IsSwitch: false, TakesWildcards: true, ["N"], "None",
            [new ParameterUse("ByName", Mandatory: true, Position: 0, ByValue: true, ByPropertyName: true)]),
        new CommandParameter("All", "SwitchParameter", IsSwitch: true, TakesWildcards: false, [], "None",
            [new ParameterUse("All", Mandatory: true, Position: null, ByValue: false, ByPropertyName: false)]),
        new CommandParameter("TimeoutSec", "Int32", IsSwitch: false, TakesWildcards: false, [], "30",
            [new ParameterUse(Command.AllSets, Mandatory: false, Position: null, ByValue: false, ByPropertyName: false)]),
    ]);

    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-help-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_pages_of_the_module_are_complete()
    {
        var book = HelpBook.Read(Path.Combine(RepositoryRoot.Path, "docs", "en-US"), CompiledCmdlets.All);
        Assert.Empty(book.Faults);
        Assert.Equal(CompiledCmdlets.All.Count, book.Pages.Count);
    }

    [Fact]
    public void A_page_is_read_as_it_is_written()
    {
        var faults = new List<Fault>();
        var page = HelpPageReader.Read("page", Page, faults);
        Assert.Empty(faults);
        Assert.Equal("Get-Thing", page.Name);
        Assert.Equal("Gets things.", page.Synopsis);
        Assert.Equal(["A paragraph that is wrapped, with a link.", "- one", "- two"], page.Description);
        Assert.Equal(["All of them", "More", "Still more"], page.Examples.Select(e => e.Title));
        Assert.Equal("# a comment that looks like a heading\nGet-Thing -Name a", page.Examples[0].Code);
        Assert.Equal("Name\n----\na", page.Examples[0].Output);
        Assert.Equal(["That is all."], page.Examples[0].Remarks);
        Assert.Equal(["What it is called."], page.Parameters["Name"]);
        Assert.Equal(["ClusterHeal.Thing"], page.Outputs.Keys);
        Assert.Equal([("Set-Thing", "Set-Thing.md"), ("The web", "https://example.com")], page.Links);
    }

    [Fact]
    public void Syntax_comes_from_the_cmdlet_and_a_shared_text_serves_where_the_page_has_none()
    {
        Write("Get-Thing.md", Page);
        Write(HelpBook.SharedParameters, "# Shared\n\n## PARAMETERS\n\n### -All\nAll.\n\n### -TimeoutSec\nSeconds.\n\n### -Name\nNot this.\n");
        var book = HelpBook.Read(_folder, [GetThing]);
        Assert.Empty(book.Faults);
        book.Write(Path.Combine(_folder, "out"), "ClusterHeal.dll");

        var maml = XDocument.Load(Path.Combine(_folder, "out", "ClusterHeal.dll-Help.xml"));
        string[][] sets = [.. Named(maml.Root!, "syntaxItem").Select(set => Named(set, "parameter").Select(NameOf).ToArray())];
        Assert.Equal([["Name", "TimeoutSec"], ["All", "TimeoutSec"]], sets);
        var name = Named(Named(maml.Root!, "parameters").Single(), "parameter").First();
        Assert.Equal("What it is called.", Named(name, "description").Single().Value);
        Assert.Equal(
            ["true", "true", "true", "True (ByPropertyName, ByValue)", "0", "N"],
            name.Attributes().Select(a => a.Value));

        static IEnumerable<XElement> Named(XElement within, string name) => within.Descendants().Where(e => e.Name.LocalName == name);
        static string NameOf(XElement parameter) => parameter.Elements().First().Value;
    }

    [Fact]
    public void What_is_missing_is_named_with_its_page()
    {
        Write("Get-Thing.md", Page.Replace("### Example 3", "#### Example 3", StringComparison.Ordinal).Replace("### -Name", "### -Nmae", StringComparison.Ordinal));
        Write("Get-Nothing.md", Page);
        var other = GetThing with { Noun = "Other" };
        var faults = HelpBook.Read(_folder, [GetThing, other]).Faults.Select(f => $"{Path.GetFileName(f.File)}: {f.Message}");
        Assert.Equal(
            [
                "Get-Thing.md: 2 examples; 3 are the fewest",
                "Get-Thing.md: there is no parameter -Nmae",
                "Get-Thing.md: -Name is explained neither here nor in shared-parameters.md",
                "Get-Thing.md: -All is explained neither here nor in shared-parameters.md",
                "Get-Thing.md: -TimeoutSec is explained neither here nor in shared-parameters.md",
                "Get-Other.md: Get-Other has no page",
                "Get-Nothing.md: there is no cmdlet of this name",
            ],
            faults);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
