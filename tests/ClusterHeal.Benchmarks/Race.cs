using System.Globalization;

namespace ClusterHeal.Benchmarks;

/// <summary>Runs programs in turn, so that all meet the same machine, and prints their medians beside that of the first.</summary>
internal static class Race
{
    /// <summary>Runs and prints.</summary>
    /// <param name="contenders">The programs; the first is the one that the others are compared with.</param>
    /// <param name="rounds">How often each runs. One round before fills the system's cache and is not counted.</param>
    /// <param name="bytes">The size of the work, to be printed.</param>
    /// <param name="cancellationToken">Ends the race.</param>
    public static async Task RunAsync(Contender[] contenders, int rounds, long bytes, CancellationToken cancellationToken)
    {
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var contender in contenders)
            {
                var run = await Measured.RunAsync(contender.Program, contender.Arguments, cancellationToken);
                contender.Afterwards?.Invoke();
                if (round > 0) contender.Runs.Add(run);
            }
        }

        var first = Measured.Median(contenders[0].Runs);
        Console.WriteLine($"{bytes} bytes, {Environment.ProcessorCount} processors, median of {rounds} runs, whole processes");
        foreach (var contender in contenders)
        {
            var median = Measured.Median(contender.Runs);
            var seconds = median.Elapsed.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);
            var ratio = (median.Elapsed / first.Elapsed).ToString("0.00", CultureInfo.InvariantCulture);
            Console.WriteLine($"{contender.Name,-24} {seconds,6} s   {ratio,5} of the first   {median.PeakBytes / 1048576,5} MiB peak");
        }
    }
}
