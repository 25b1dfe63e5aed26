namespace ClusterHeal.Hosts;

/// <summary>What the script <c>find-components</c> printed, parsed but not yet judged.</summary>
internal sealed class ComponentFacts
{
    private readonly Dictionary<string, string> _host = [];

    private ComponentFacts()
    {
    }

    /// <summary>One process of a component. It belongs to its unit or its pod, whatever its name is.</summary>
    /// <param name="Id">Its number.</param>
    /// <param name="IsPod">True for a process of a static pod's container, false for a unit's main process.</param>
    /// <param name="StartTicks">When it started, in ticks since the boot.</param>
    /// <param name="UserId">The user that it runs as.</param>
    /// <param name="Cgroup">Its control group.</param>
    /// <param name="CommandLine">The program and its arguments.</param>
    public sealed record Process(int Id, bool IsPod, long StartTicks, int UserId, string Cgroup, string[] CommandLine);

    public sealed class Section
    {
        public List<Process> Processes { get; } = [];

        /// <summary>The manifests with its name.</summary>
        public List<string> Manifests { get; } = [];

        /// <summary>What <c>crictl</c> said, as JSON.</summary>
        public List<string> Containers { get; } = [];

        /// <summary>The units that may be the component's.</summary>
        public IReadOnlyList<SystemdUnit> Units => SystemdUnit.ParseAll(UnitLines);

        public List<string> UnitLines { get; } = [];
    }

    /// <summary>The facts of each component, by its key.</summary>
    public Dictionary<string, Section> Sections { get; } = [];

    /// <summary>The records of what ClusterHeal stopped on the host.</summary>
    public List<StoppedRecord> Stopped { get; } = [];

    /// <summary>The ports that are open, and the users who opened them.</summary>
    public HashSet<(int Port, int UserId)> Listening { get; } = [];

    /// <summary>The kubelet's folder of manifests; empty if it has none.</summary>
    public string ManifestFolder => _host.GetValueOrDefault("manifests", "");

    /// <summary>The address of the container runtime that the kubelet uses; empty if it does not say.</summary>
    public string RuntimeEndpoint => _host.GetValueOrDefault("runtime", "");

    /// <summary>True if the port is open, and root or the known user of the process opened it: another user may have opened it.</summary>
    public bool IsOpen(int port, Process? process) =>
        Listening.Any(open => open.Port == port && (process is null || open.UserId == 0 || open.UserId == process.UserId));

    /// <summary>When a process with these start ticks started.</summary>
    public DateTimeOffset StartTime(long ticks) => DateTimeOffset.FromUnixTimeSeconds(Number("boot") + (ticks / Math.Max(1, Number("ticks"))));

    public static ComponentFacts Parse(string text)
    {
        var facts = new ComponentFacts();
        var section = new Section();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = Cut(line, ' ');
            switch (key)
            {
                case "component":
                    facts.Sections[value] = section = new Section();
                    break;
                case "process" or "pod" when value.Split(' ', 4) is [var id, var ticks, var user, var cgroup] && int.TryParse(id, out var number):
                    section.Processes.Add(new Process(number, key == "pod", Integer(ticks) ?? 0, (int)(Integer(user) ?? -1), cgroup, []));
                    break;
                case "command" when section.Processes.Count > 0:
                    section.Processes[^1] = section.Processes[^1] with { CommandLine = value.TrimEnd('\x1f').Split('\x1f') };
                    break;
                case "manifest":
                    if (!section.Manifests.Contains(value)) section.Manifests.Add(value);
                    break;
                case "container":
                    section.Containers.Add(value);
                    break;
                case "unit":
                    section.UnitLines.Add(value);
                    break;
                case "stopped":
                    if (StoppedRecord.Parse(value) is { } record) facts.Stopped.Add(record);
                    break;
                case "listening":
                    var (hexadecimal, opener) = Cut(value, ' ');
                    if (int.TryParse(hexadecimal, System.Globalization.NumberStyles.HexNumber, null, out var port)) facts.Listening.Add((port, (int)(Integer(opener) ?? -1)));
                    break;
                default:
                    facts._host[key] = value;
                    break;
            }
        }

        return facts;
    }

    private static (string Key, string Value) Cut(string line, char at)
    {
        var index = line.IndexOf(at);
        return index < 0 ? (line, "") : (line[..index], line[(index + 1)..]);
    }

    private long Number(string key) => Integer(_host.GetValueOrDefault(key)) ?? 0;

    private static long? Integer(string? text) => long.TryParse(text, out var number) ? number : null;
}
