using System.Diagnostics;
using System.Globalization;

namespace ClusterHeal.Benchmarks;

/// <summary>
/// What a program was seen to use in a run that is not timed: to look takes a processor's time, which a program that uses all of them lacks.
/// </summary>
/// <param name="PeakBytes">The most memory that it had resident (VmHWM), the runtime and mapped files included.</param>
/// <param name="Processes">How many processes it had at most at a time, itself included; 0 where they were not counted.</param>
internal sealed record Watched(long PeakBytes, int Processes)
{
    /// <summary>Runs a program to its end and looks at it every few milliseconds; the kernel keeps the peak of its memory.</summary>
    public static async Task<Watched> RunAsync(Contender contender, CancellationToken cancellationToken)
    {
        using var process = Process.Start(contender.Start())!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var exited = process.WaitForExitAsync(cancellationToken);
        var watched = new Watched(0, 0);
        while (!exited.IsCompleted)
        {
            var processes = contender.CountsProcesses ? CountOf(process.Id) : 0;
            watched = new Watched(Math.Max(watched.PeakBytes, MemoryOf(process.Id)), Math.Max(watched.Processes, processes));
            await Task.WhenAny(exited, Task.Delay(5, cancellationToken));
        }

        await exited;
        await output;
        return watched;
    }

    private static long MemoryOf(int pid)
    {
        const string Field = "VmHWM:";
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line[Field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0; // It has just ended.
        }
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
