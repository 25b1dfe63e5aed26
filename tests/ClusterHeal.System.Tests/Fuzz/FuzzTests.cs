using ClusterHeal.Fuzz;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Fuzz;

/// <summary>
/// A short run of the fuzzer, the same each time: broken inputs end in an error that was foreseen, soon and in little memory, and nothing
/// untrue is called proven.
/// </summary>
public sealed class FuzzTests : IDisposable
{
    private const string Seed = "7";
    private const string Count = "600";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Broken_inputs_are_read_or_refused_and_nothing_else_comes_of_them()
    {
        string[] arguments = [typeof(FuzzRun).Assembly.Location, "short", Seed, Count, _folder.Path];
        var run = await Tool.RunAsync("dotnet", arguments, TestContext.Current.CancellationToken, FuzzSupervisor.Limits);
        Assert.True(run.ExitCode == 0, $"exit code {run.ExitCode} {run.Error}\n{string.Join('\n', Directory.GetFiles(_folder.Path, "*.txt").Select(File.ReadAllText))}");
    }
}
