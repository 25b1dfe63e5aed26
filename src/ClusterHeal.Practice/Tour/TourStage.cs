using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Practice.Tour;

/// <summary>
/// What a scene plays on: a folder of its own, and a voice. A command is shown as a user would type it at pwsh, then the engine of that
/// cmdlet runs, and its objects are shown as the module's views show them.
/// </summary>
/// <param name="output">Where the tour is told.</param>
/// <param name="cluster">The cluster that scenes share.</param>
internal sealed class TourStage(TextWriter output, TourCluster cluster) : IDisposable
{
    private readonly ViewRenderer _views = ViewRenderer.FromModule();

    /// <summary>The cluster that scenes share.</summary>
    public TourCluster Cluster => cluster;

    /// <summary>A folder for the scene's files; it goes with the stage. Commands are shown as if the user were in it.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("clusterheal-tour-").FullName;

    /// <summary>The path of a file in <see cref="Folder"/>.</summary>
    public string File(string name) => Path.Combine(Folder, name);

    /// <summary>Tells what comes next.</summary>
    public void Say(string sentence) => output.WriteLine($"\n# {sentence}");

    /// <summary>Shows a command and runs its engine.</summary>
    /// <param name="command">The command as typed.</param>
    /// <param name="engine">The call that the cmdlet makes.</param>
    /// <param name="atStep">Is told of each step of the engine when it begins.</param>
    /// <returns>What came out of it.</returns>
    public async Task<TourResult> RunAsync(string command, Func<IOperationSink, Task> engine, Action<string>? atStep = null)
    {
        Prompt(command);
        var sink = new TourSink(Tell, atStep);
        try
        {
            await engine(sink);
        }
        catch (ClusterHealException fault)
        {
            sink.Fail(fault);
        }

        foreach (var line in _views.Render(sink.Records)) Tell(line);
        foreach (var fault in sink.Faults)
        {
            Tell($"{CmdletOf(command)}: {fault.Message}");
            if (fault.Remedy is { } remedy) Tell($"  Recommended action: {remedy}");
        }
        return new TourResult(command, sink.Records, sink.Faults);
    }

    /// <summary>Shows a step of the user's own PowerShell and does the same to the files.</summary>
    public void Run(string command, Action doIt)
    {
        Prompt(command);
        doIt();
    }

    /// <summary>Shows another program's command and what it printed.</summary>
    public async Task<ToolResult> RunToolAsync(string command, Func<Task<ToolResult>> run)
    {
        Prompt(command);
        var result = await run();
        foreach (var line in (result.Output + result.Error).TrimEnd().Split('\n')) Tell(line);
        return result;
    }

    /// <summary>Shows what a step of the user's own PowerShell prints.</summary>
    public void Print(string line) => Tell(line);

    /// <summary>Fails the tour where something is not as announced.</summary>
    public static void Expect(bool asAnnounced, string announcement)
    {
        if (!asAnnounced) throw new TourFailedException($"not as announced: {announcement}");
    }

    /// <summary>Removes the folder.</summary>
    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>The last Verb-Noun of a line is the one that ran.</summary>
    private static string CmdletOf(string command) =>
        command.Split(' ').Last(word => char.IsUpper(word[0]) && word.Contains('-', StringComparison.Ordinal));

    private void Prompt(string command) => output.WriteLine($"\nPS> {command}");

    private void Tell(string line) => output.WriteLine(line.Replace(Folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
}
