using System.Globalization;

namespace ClusterHeal.Benchmarks;

/// <summary>Runs programs in turn, so that all meet the same machine, and prints their medians beside that of the first.</summary>
internal static class Race
{
    /// <summary>Runs and prints.</summary>
    /// <param name="contenders">The programs; the first is the one that the others are compared with.</param>
    /// <param name="rounds">How often each runs. One round before fills the system's cache, is watched and is not timed.</param>
    /// <param name="work">How much work it is, to be printed: <c>20 hosts</c>.</param>
    /// <param name="cancellationToken">Ends the race.</param>
    public static async Task RunAsync(Contender[] contenders, int rounds, string work, CancellationToken cancellationToken)
    {
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var contender in contenders)
            {
                if (round == 0) contender.Watched = await Watched.RunAsync(contender, cancellationToken);
                else contender.Runs.Add(await Measured.RunAsync(contender, cancellationToken));
                contender.Afterwards?.Invoke();
            }
        }

        var first = Measured.Median(contenders[0].Runs);
        Console.WriteLine($"{work}, {Environment.ProcessorCount} processors, median of {rounds} runs, whole processes");
        foreach (var contender in contenders)
        {
            var median = Measured.Median(contender.Runs);
            var seconds = median.Elapsed.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);
            var ratio = (median.Elapsed / first.Elapsed).ToString("0.00", CultureInfo.InvariantCulture);
            var processes = contender.CountsProcesses ? $"   {contender.Watched!.Processes,3} processes at most" : "";
            Console.WriteLine($"{contender.Name,-24} {seconds,6} s   {ratio,5} of the first   {contender.Watched!.PeakBytes / 1048576,5} MiB peak{processes}");
        }
    }
}
