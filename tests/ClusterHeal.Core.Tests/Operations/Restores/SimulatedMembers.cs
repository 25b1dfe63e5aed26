using ClusterHeal.Operations.Restores;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Tests.Operations.Restores;

/// <summary>
/// Hosts of an etcd whose member script is the real one, while systemd and etcd are played: a played member holds the data that lay
/// in place when it was started, and is healthy as long as more than half of all members run on the same side. That is all that
/// the script's decisions rest on.
/// </summary>
internal sealed class SimulatedMembers : IAsyncDisposable
{
    private const string Systemctl = """
        #!/bin/sh
        for unit; do :; done
        folder=$SIMULATION/$unit
        case $1 in
          start)
            [ -d "$folder" ] || { : > "$SIMULATION/$unit.started"; exit 0; }
            [ -e "$folder/pid" ] && kill -0 "$(cat "$folder/pid")" 2>/dev/null && exit 0
            cp "$folder/data/member/side" "$folder/runs-on" || exit 1
            "$folder/$(cat "$folder/program")" 300 </dev/null >/dev/null 2>&1 9>&- &
            echo $! > "$folder/pid" ;;
          stop)
            [ -e "$folder/pid" ] || exit 0
            kill "$(cat "$folder/pid")" 2>/dev/null
            rm -f "$folder/pid" ;;
        esac
        exit 0
        """;

    private const string Curl = """
        #!/bin/sh
        for url; do :; done
        asked=$(printf '%s' "$url" | sed 's#http://\([^/]*\)/.*#\1#')
        runs() { [ -e "$1/pid" ] && kill -0 "$(cat "$1/pid")" 2>/dev/null; }
        runs "$SIMULATION/$asked" || exit 7
        side=$(cat "$SIMULATION/$asked/runs-on") votes=0 members=0
        for folder in "$SIMULATION"/host*/; do
          members=$((members + 1))
          runs "$folder" && [ "$(cat "$folder/runs-on")" = "$side" ] && votes=$((votes + 1))
        done
        [ $((votes * 2)) -gt $members ] && echo '{"health":"true"}' || echo '{"health":"false"}'
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-members-").FullName;
    private readonly Dictionary<string, string?> _environment;

    /// <summary>Lays out one host for each state: <c>old</c>, <c>new</c> or <c>between</c>, where the swap of its data stands.</summary>
    public SimulatedMembers(params string[] states)
    {
        Hosts = [.. states.Select((state, index) => LayOut(state, $"host{index + 1}"))];
        var programs = Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName;
        WriteProgram(Path.Combine(programs, "systemctl"), Systemctl);
        WriteProgram(Path.Combine(programs, "curl"), Curl);
        _environment = new()
        {
            ["PATH"] = programs + ":" + Environment.GetEnvironmentVariable("PATH"),
            ["SIMULATION"] = _folder,
        };
    }

    public IReadOnlyList<string> Hosts { get; }

    public Task<ToolResult> RunAsync(string host, CancellationToken cancellationToken, params string[] verb) =>
        Tool.RunAsync("sh", [Path.Combine(_folder, host, "operation", "member.sh"), .. verb], cancellationToken, _environment);

    /// <summary>The side that a host's member runs on and the one that lies in place: <c>new/new</c>. Empty before the slash where none runs.</summary>
    public string SideOf(string host)
    {
        var runs = Path.Combine(_folder, host, "runs-on");
        var member = Path.Combine(_folder, host, "data", "member", "side");
        return (File.Exists(runs) ? File.ReadAllText(runs).Trim() : "") + "/" + (File.Exists(member) ? File.ReadAllText(member).Trim() : "");
    }

    /// <summary>All data that a host has, in place or aside.</summary>
    public IEnumerable<string> DataOf(string host) =>
        Directory.EnumerateFiles(Path.Combine(_folder, host, "data"), "side", SearchOption.AllDirectories).Select(f => File.ReadAllText(f).Trim()).Order();

    public bool ControlStarted(string host) => File.Exists(Path.Combine(_folder, $"control-{host}.started"));

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts) await RunAsync(host, CancellationToken.None, "stop-etcd");
        Directory.Delete(_folder, recursive: true);
    }

    private string LayOut(string state, string host)
    {
        var root = Path.Combine(_folder, host);
        var data = Directory.CreateDirectory(Path.Combine(root, "data")).FullName;
        var operation = Directory.CreateDirectory(Path.Combine(root, "operation")).FullName;
        File.WriteAllText(Path.Combine(operation, "member.sh"), MemberScript.Text("member"));

        // The script looks for processes by name, so each host's etcd has one of its own.
        var program = "e" + Guid.NewGuid().ToString("N")[..12];
        File.Copy("/bin/sleep", Path.Combine(root, program));
        File.WriteAllText(Path.Combine(root, "program"), program);
        File.WriteAllText(Path.Combine(operation, "plan"), $"""
            operation='x'
            data='{data}'
            wal=''
            etcd='unit{'\t'}{host}{'\t'}{program}'
            control='unit{'\t'}control-{host}{'\t'}none'
            health='http://{host}'
            round=4
            """);
        var place = Path.Combine(data, "member");
        Data(state == "new" ? place + ".clusterheal-x.old" : state == "old" ? place : place + ".clusterheal-x.old", "old");
        Data(state == "new" ? place : place + ".clusterheal-x.new", "new");
        return host;
    }

    private static void Data(string folder, string side) =>
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(folder).FullName, "side"), side);

    private static void WriteProgram(string path, string text)
    {
        // A copy of a program keeps its mode, so no call that Windows lacks is needed.
        File.Copy("/bin/sh", path);
        File.WriteAllText(path, text + "\n");
    }
}
