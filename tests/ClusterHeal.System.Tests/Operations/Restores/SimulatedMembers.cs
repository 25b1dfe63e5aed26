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
    // The ID of the new cluster, as a member tells it to its peers; the old one is "cafe".
    private const string NewCluster = "beef";

    private const string Systemctl = """
        #!/bin/sh
        for unit; do :; done
        folder=$SIMULATION/$unit
        case $1 in
          show) [ -e "$folder/pid" ] && printf 'MainPID=%s\n' "$(cat "$folder/pid")" ;;
          is-failed) exit 1 ;;
          start)
            [ -d "$folder" ] || { : > "$SIMULATION/$unit.started"; exit 0; }
            [ -e "$folder/pid" ] && kill -0 "$(cat "$folder/pid")" 2>/dev/null && exit 0
            cp "$folder/data/member/side" "$folder/runs-on" || exit 1
            [ ! -e "$folder/dies-on-$(cat "$folder/runs-on")" ] || { sleep 1 </dev/null >/dev/null 2>&1 9>&- & echo $! > "$folder/pid"; exit 0; }
            sleep 300 </dev/null >/dev/null 2>&1 9>&- &
            echo $! > "$folder/pid" ;;
          stop)
            [ -e "$folder/pid" ] || exit 0
            kill "$(cat "$folder/pid")" 2>/dev/null
            rm -f "$folder/pid" ;;
        esac
        exit 0
        """;

    // A file "curl-fails" of a host has curl's exit code for all questions about health, "peers-say" the ID that its peers tell it.
    private const string Curl = """
        #!/bin/sh
        for url; do :; done
        asked=$(printf '%s' "$url" | sed 's#http://\([^/]*\)/.*#\1#')
        folder=$SIMULATION/$asked
        runs() { [ -e "$1/pid" ] && kill -0 "$(cat "$1/pid")" 2>/dev/null; }
        case $url in */members)
          [ ! -e "$SIMULATION/peers-say" ] || { printf 'X-Etcd-Cluster-Id: %s\r\n' "$(cat "$SIMULATION/peers-say")"; exit 0; }
          runs "$folder" && ! grep -qx 7 "$folder/curl-fails" 2>/dev/null || exit 7
          case $(cat "$folder/runs-on") in new) id=beef ;; *) id=cafe ;; esac
          printf 'HTTP/1.1 200 OK\r\nX-Etcd-Cluster-Id: %s\r\n\r\n' $id
          exit 0 ;;
        esac
        [ ! -e "$folder/dies-on-$(cat "$folder/runs-on" 2>/dev/null)" ] || exit 7
        [ ! -e "$folder/curl-fails" ] || { echo "curl: it fails" >&2; exit "$(cat "$folder/curl-fails")"; }
        runs "$folder" || exit 7
        side=$(cat "$folder/runs-on") votes=0 members=0
        for each in "$SIMULATION"/host*/; do
          members=$((members + 1))
          runs "$each" && [ "$(cat "$each/runs-on")" = "$side" ] && votes=$((votes + 1))
        done
        [ $((votes * 2)) -gt $members ] && echo '{"health":"true"}' || echo '{"health":"false"}'
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("clusterheal-members-").FullName;
    private readonly Dictionary<string, string?> _environment;

    /// <summary>Lays out one host for each state: <c>old</c>, <c>new</c> or <c>between</c>, where the swap of its data stands.</summary>
    public SimulatedMembers(params string[] states)
        : this(4, states)
    {
    }

    /// <summary>The same, with another number of seconds that a member has to become ready.</summary>
    public SimulatedMembers(int round, string[] states)
    {
        Hosts = [.. states.Select((_, index) => $"host{index + 1}")];
        foreach (var (host, state) in Hosts.Zip(states)) LayOut(state, host, round);
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

    /// <summary>A file of a host, or with no host one of all.</summary>
    public string FileOf(string host, string name) => Path.Combine(_folder, host, name);

    /// <summary>How often a host has changed sides while it healed.</summary>
    public int SwapsOf(string host) => File.Exists(FileOf(host, "operation/swaps")) ? File.ReadAllText(FileOf(host, "operation/swaps")).Length : 0;

    /// <summary>What a host wrote into its log.</summary>
    public string LogOf(string host) => File.ReadAllText(FileOf(host, "operation/log"));

    /// <summary>Puts a program of one's own before the host's.</summary>
    public void Replace(string program, string text) => WriteProgram(Path.Combine(_folder, "bin", program), text);

    public bool ControlStarted(string host) => File.Exists(Path.Combine(_folder, $"control-{host}.started"));

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts) await RunAsync(host, CancellationToken.None, "stop-etcd");
        Directory.Delete(_folder, recursive: true);
    }

    private void LayOut(string state, string host, int round)
    {
        var root = Path.Combine(_folder, host);
        var data = Directory.CreateDirectory(Path.Combine(root, "data")).FullName;
        var operation = Directory.CreateDirectory(Path.Combine(root, "operation")).FullName;
        File.WriteAllText(Path.Combine(operation, "member.sh"), MemberScript.Installed);
        File.WriteAllText(Path.Combine(operation, "plan"), $"""
            operation='x'
            data='{data}'
            wal=''
            etcd='unit{'\t'}{host}{'\t'}etcd'
            control='unit{'\t'}control-{host}{'\t'}none'
            health='{Endpoint(host)}'
            self='{Endpoint(host)}'
            others='{string.Join('\n', Hosts.Where(other => other != host).Select(Endpoint))}'
            cluster={NewCluster}
            quorum={(Hosts.Count / 2) + 1}
            round={round}
            """);
        var place = Path.Combine(data, "member");
        Data(state == "new" ? place + ".clusterheal-x.old" : state == "old" ? place : place + ".clusterheal-x.old", "old");
        Data(state == "new" ? place : place + ".clusterheal-x.new", "new");
    }

    private static string Endpoint(string host) => $"http://{host}\t\t\t";

    private static void Data(string folder, string side) =>
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(folder).FullName, "side"), side);

    private static void WriteProgram(string path, string text)
    {
        // A copy of a program keeps its mode, so no call that Windows lacks is needed.
        if (!File.Exists(path)) File.Copy("/bin/sh", path);
        File.WriteAllText(path, text + "\n");
    }
}
