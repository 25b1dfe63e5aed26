using System.Diagnostics;
using System.Globalization;

namespace ClusterHeal.Benchmarks;

/// <summary>Counts the processes of a program.</summary>
internal static class ProcessTree
{
    /// <summary>Runs a program to its end and says how many processes it was at most at a time, itself included.</summary>
    public static async Task<int> PeakAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var peak = 0;
        while (!process.HasExited)
        {
            peak = Math.Max(peak, CountOf(process.Id));
            await Task.Delay(5, cancellationToken);
        }

        await output;
        return peak;
    }

    private static int CountOf(int root)
    {
        var children = Directory.EnumerateDirectories("/proc")
            .Where(path => char.IsAsciiDigit(path[6]))
            .Select(path => (Id: int.Parse(path[6..], CultureInfo.InvariantCulture), Parent: ParentOf(path)))
            .ToLookup(process => process.Parent, process => process.Id);
        var found = new Queue<int>([root]);
        var count = 0;
        while (found.TryDequeue(out var id))
        {
            count++;
            foreach (var child in children[id]) found.Enqueue(child);
        }

        return count;
    }

    // proc(5): the name, in parentheses, may hold anything; behind it come the state and the parent.
    private static int ParentOf(string path)
    {
        try
        {
            var stat = File.ReadAllText($"{path}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 4)..].Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // It has just ended.
        }
    }
}
