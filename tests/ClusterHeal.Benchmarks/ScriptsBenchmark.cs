using System.Diagnostics;
using System.Globalization;
using ClusterHeal.Hosts;
using ClusterHeal.Practice.Hosts;

namespace ClusterHeal.Benchmarks;

/// <summary>
/// Scripts on one host by each transport, in a process of its own: the time and this machine's processor that a login, 200 scripts in turn, and 200
/// scripts eight at a time take. What the host's sshd uses is not counted: it is the same work for both.
/// </summary>
internal static class ScriptsBenchmark
{
    /// <summary>The word that makes this program run the scripts, as a child of the benchmark.</summary>
    public const string Run = "run-scripts";

    private const int Scripts = 200;
    private const int Rounds = 5;
    private static readonly string[] Steps = ["login", "scripts in turn", "scripts, 8 at a time"];

    /// <summary>Runs both in turn several times and prints the medians.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var hosts = await PracticeHosts.StartAsync(["h1"], cancellationToken);
        var contenders = Enum.GetValues<SshTransport>()
            .Select(transport => Contender.Ourselves($"{transport}", Run, $"{transport}", hosts["h1"].Address, hosts.KeyFile, hosts.KnownHostsFile)).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var contender in contenders) contender.Runs.Add(await Measured.RunAsync(contender, cancellationToken));
        }

        Console.WriteLine($"{Scripts} scripts on a host, {Environment.ProcessorCount} processors, median of {Rounds} runs: wall and processor in ms, and beside the first");
        for (var step = 0; step < Steps.Length; step++)
        {
            var medians = contenders.Select(contender => (Wall: Median(contender, (2 * step) + 0), Cpu: Median(contender, (2 * step) + 1))).ToArray();
            for (var i = 0; i < contenders.Length; i++)
            {
                var (wall, cpu) = medians[i];
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Steps[step],-22} {contenders[i].Name,-8} {wall,7:0} {cpu,7:0}   {wall / medians[0].Wall:0.00} {cpu / medians[0].Cpu:0.00}"));
            }
        }
    }

    /// <summary>Runs the scripts in this process and prints a line of numbers.</summary>
    public static async Task<int> RunOursAsync(SshTransport transport, string host, string keyFile, string knownHosts, CancellationToken cancellationToken)
    {
        var login = HostsBenchmark.Login(host, keyFile, knownHosts) with { SshTransport = transport };
        var script = new HostScript("echo done");
        // What the runtime compiles when it is first used is paid once in a session, so it is not counted.
        await using (var first = HostsBenchmark.Shells.Open(login))
        {
            for (var i = 0; i < Scripts; i++) await first.RunAsync(script, cancellationToken);
        }

        await using var shell = HostsBenchmark.Shells.Open(login);
        await PrintAsync(() => shell.RunAsync(script, cancellationToken));
        await PrintAsync(async () =>
        {
            for (var i = 0; i < Scripts; i++) await shell.RunAsync(script, cancellationToken);
        });
        await PrintAsync(() => Parallel.ForAsync(0, Scripts, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken },
            async (_, stop) => await shell.RunAsync(script, stop)));
        return 0;
    }

    private static double Median(Contender contender, int column) => contender.Runs
        .Select(run => double.Parse(run.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries)[column], CultureInfo.InvariantCulture)).Order().ElementAt(Rounds / 2);

    private static async Task PrintAsync(Func<Task> workAsync)
    {
        var (clock, cpu) = (Stopwatch.GetTimestamp(), Processor());
        await workAsync();
        Console.Write(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(clock).TotalMilliseconds} {(Processor() - cpu).TotalMilliseconds} "));
    }

    // proc(5): behind the name, in parentheses, the 12th to 15th value are the ticks of this process and of its children that have ended.
    private static TimeSpan Processor()
    {
        const int TicksPerSecond = 100;
        var stat = File.ReadAllText("/proc/self/stat");
        var ticks = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..15].Sum(value => long.Parse(value, CultureInfo.InvariantCulture));
        return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
    }
}
