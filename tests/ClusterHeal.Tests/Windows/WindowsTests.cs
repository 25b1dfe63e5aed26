using System.Text.RegularExpressions;
using ClusterHeal.Practice;

namespace ClusterHeal.Tests.Windows;

/// <summary>The tests that run in PowerShell for Windows under Wine: what passes here has passed there, and not on Windows itself.</summary>
public sealed partial class WindowsTests(WindowsRun run) : IClassFixture<WindowsRun>
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "tests", "Module", "Windows");

    /// <summary>Each test of the files for Windows, by what stands behind its <c>It</c>.</summary>
    public static TheoryData<string, string> Tests
    {
        get
        {
            var tests = new TheoryData<string, string>();
            foreach (var file in Directory.GetFiles(Folder, "*.Tests.ps1").Order())
            {
                foreach (Match test in It().Matches(File.ReadAllText(file))) tests.Add(Path.GetFileName(file), test.Groups[1].Value);
            }
            return tests;
        }
    }

    [Theory]
    [MemberData(nameof(Tests))]
    public async Task In_PowerShell_for_Windows_under_Wine(string file, string name)
    {
        var result = Assert.Single(await ResultsAsync(), result => result.File == file && result.Name.EndsWith($".{name}", StringComparison.Ordinal));
        Assert.True(result.Failure is null, result.Failure);
    }

    /// <summary>Files of tests/Module that run on Windows as they are.</summary>
    [Theory]
    [InlineData("Views.Tests.ps1")]
    [InlineData("Help.Tests.ps1")]
    public async Task A_file_for_every_system_in_PowerShell_for_Windows_under_Wine(string file)
    {
        var results = (await ResultsAsync()).Where(result => result.File == file).ToList();
        Assert.NotEmpty(results);
        Assert.All(results, result => Assert.True(result.Failure is null, $"{result.Name}: {result.Failure}"));
    }

    private async Task<IReadOnlyList<WindowsRun.Result>> ResultsAsync()
    {
        try
        {
            return await run.ResultsAsync(TestContext.Current.CancellationToken);
        }
        catch (PracticeException cannot)
        {
            Assert.Skip(cannot.Message);
            throw;
        }
    }

    [GeneratedRegex(@"(?m)^\s+It '([^']+)'")]
    private static partial Regex It();
}
