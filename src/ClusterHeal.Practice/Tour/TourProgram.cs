using System.Diagnostics;
using ClusterHeal.Practice.Tour.Scenes;

namespace ClusterHeal.Practice.Tour;

/// <summary>The command <c>tour</c>: plays the story of ClusterHeal on real servers, with the cmdlets' own engine.</summary>
internal static class TourProgram
{
    /// <summary>The chapters in the order of the story. A new one is a class in Scenes and a line here.</summary>
    private static readonly ITourScene[] Scenes =
        [new BackupScene(), new HostsScene(), new RestoreScene(), new NodesScene(), new WorkerScene(), new DrillsScene(), new HealthScene()];

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">
    /// <c>--list</c>; or <c>--scene NAME</c>, else the whole story is played; with <c>--keep</c> the cluster stays until cancelled.
    /// </param>
    /// <param name="output">Where it is told.</param>
    /// <param name="cancellationToken">Ends it; nothing is left.</param>
    /// <returns>0 where everything came out as announced, 1 where not, 2 where the arguments make no sense.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, CancellationToken cancellationToken)
    {
        var keep = arguments.Contains("--keep");
        switch (arguments.Where(argument => argument != "--keep").ToArray())
        {
            case []:
                return await PlayAsync(Scenes, output, cancellationToken, keep);
            case ["--list"] when !keep:
                foreach (var scene in Scenes) await output.WriteLineAsync($"{scene.Name,-10} {scene.Title}");
                return 0;
            case ["--scene", var name] when Scenes.FirstOrDefault(scene => scene.Name == name) is { } chosen:
                return await PlayAsync([chosen], output, cancellationToken, keep);
            default:
                await output.WriteLineAsync("Usage: tour [--list | --scene NAME] [--keep]; --list says the names.");
                return 2;
        }
    }

    /// <summary>Plays some scenes until one fails.</summary>
    internal static async Task<int> PlayAsync(
        ITourScene[] scenes, TextWriter output, CancellationToken cancellationToken, bool keep = false)
    {
        var watch = Stopwatch.StartNew();
        await using var cluster = new TourCluster();
        foreach (var scene in scenes)
        {
            await output.WriteLineAsync($"\n=== {scene.Name}: {scene.Title} ===");
            using var stage = new TourStage(output, cluster);
            try
            {
                await scene.PlayAsync(stage, cancellationToken);
            }
            catch (Exception failure) when (failure is TourFailedException or PracticeException or ClusterHealException)
            {
                await output.WriteLineAsync($"\nThe tour stops in '{scene.Name}': {failure.Message}");
                return 1;
            }
        }
        await output.WriteLineAsync($"\nEverything came out as announced, in {watch.Elapsed.TotalSeconds:0} seconds.");
        if (keep) await cluster.KeepAsync(output, cancellationToken);
        await cluster.DisposeAsync();
        await output.WriteLineAsync("Nothing is left.");
        return 0;
    }
}
