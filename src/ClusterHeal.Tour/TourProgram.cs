using System.Diagnostics;
using ClusterHeal.Practice;

namespace ClusterHeal.Tour;

/// <summary>Plays the tour on real servers, in a real pwsh with the module.</summary>
internal static class TourProgram
{
    /// <summary>Runs the command.</summary>
    /// <param name="arguments">
    /// <c>--list</c>; or <c>--scene NAME</c>, otherwise the whole story is played; with <c>--keep</c> the cluster stays until cancelled.
    /// </param>
    /// <param name="output">Where the output goes.</param>
    /// <param name="cancellationToken">Ends it; nothing is left.</param>
    /// <returns>0 if everything came out as announced, 1 if not, 2 if the arguments make no sense.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, CancellationToken cancellationToken)
    {
        var keep = arguments.Contains("--keep");
        switch (arguments.Where(argument => argument != "--keep").ToArray())
        {
            case []:
                return await PlayAsync(TourChapter.All, output, cancellationToken, keep);
            case ["--list"] when !keep:
                foreach (var chapter in TourChapter.All) await output.WriteLineAsync($"{chapter.Name,-10} {chapter.Title}");
                return 0;
            case ["--scene", var name] when TourChapter.All.FirstOrDefault(chapter => chapter.Name == name) is { } chosen:
                return await PlayAsync([chosen], output, cancellationToken, keep);
            default:
                await output.WriteLineAsync("Usage: dotnet run --project src/ClusterHeal.Tour -- [--list | --scene NAME] [--keep]; --list says the names.");
                return 2;
        }
    }

    /// <summary>Plays some chapters until one fails.</summary>
    internal static async Task<int> PlayAsync(
        IReadOnlyList<TourChapter> chapters, TextWriter output, CancellationToken cancellationToken, bool keep = false)
    {
        var watch = Stopwatch.StartNew();
        using var home = new TourFolder();
        await using var cluster = new TourCluster();
        var playing = "the start";
        try
        {
            await using var shell = await TourShell.StartAsync(home.Path, output, colour: !Console.IsOutputRedirected, cancellationToken);
            var player = new TourPlayer(shell, output);
            foreach (var chapter in chapters)
            {
                playing = chapter.Name;
                await output.WriteLineAsync($"\n=== {chapter.Name}: {chapter.Title} ===");
                using var folder = new TourFolder();
                await using var setting = await chapter.Prepare(folder.Path, cluster, cancellationToken);
                await player.PlayAsync(chapter.Steps, folder.Path, setting, cancellationToken);
            }
        }
        catch (Exception failure) when (failure is TourFailedException or PracticeException)
        {
            await output.WriteLineAsync($"\nThe tour stops in '{playing}': {failure.Message}");
            return 1;
        }

        await output.WriteLineAsync($"\nEverything came out as announced, in {watch.Elapsed.TotalSeconds:0} seconds.");
        if (keep) await cluster.KeepAsync(output, cancellationToken);
        await cluster.DisposeAsync();
        await output.WriteLineAsync("Nothing is left.");
        return 0;
    }
}
