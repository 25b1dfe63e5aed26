using System.Diagnostics;

namespace ClusterHeal.Benchmarks;

/// <summary>A program that takes part in a race.</summary>
/// <param name="Name">What is printed for it.</param>
/// <param name="Program">The program.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record Contender(string Name, string Program, string[] Arguments)
{
    /// <summary>Takes away what a run has made; not part of its time.</summary>
    public Action? Afterwards { get; init; }

    /// <summary>True to print also how many processes it has at a time.</summary>
    public bool CountsProcesses { get; init; }

    /// <summary>What it was seen to use in the round that does not count.</summary>
    public Watched? Watched { get; set; }

    /// <summary>Its runs that count.</summary>
    public List<Measured> Runs { get; } = [];

    /// <summary>Variables to set besides the own ones.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?> { ["ETCDCTL_API"] = "3" };

    /// <summary>How to start it; what it prints is read.</summary>
    public ProcessStartInfo Start()
    {
        var start = new ProcessStartInfo(Program, Arguments) { RedirectStandardOutput = true };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return start;
    }

    /// <summary>This program itself, in a process of its own.</summary>
    public static Contender Ourselves(string name, params string[] arguments) => new(name, System.Environment.ProcessPath!, [.. Self, .. arguments]);

    /// <summary>With `dotnet run` the process is the program itself; with `dotnet x.dll` it is the host.</summary>
    private static string[] Self =>
        Path.GetFileNameWithoutExtension(System.Environment.ProcessPath) == "dotnet" ? [typeof(Contender).Assembly.Location] : [];
}
