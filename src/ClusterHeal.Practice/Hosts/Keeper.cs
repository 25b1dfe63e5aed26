using System.Globalization;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Practice.Hosts;

/// <summary>
/// A process that only holds a cluster's mount and network namespaces. All mounts (the hosts' disks), bridges and network
/// namespaces of a cluster live in them, out of the machine's sight, and vanish with it; it ends with our process at the latest.
/// </summary>
internal sealed class Keeper : IAsyncDisposable
{
    private readonly BoundProcess _process;

    private Keeper(BoundProcess process) => _process = process;

    /// <summary>Its process id, by which <c>ip link … netns</c> finds the cluster's network.</summary>
    public int Id => _process.Id;

    /// <summary>Starts it and puts a file system of memory over the /run that it sees.</summary>
    public static async Task<Keeper> StartAsync(string cluster, string logFile, CancellationToken cancellationToken)
    {
        const string Hold = """
            for procs in $1; do echo 0 > "$procs"; done
            exec unshare --mount --net -- /bin/sh -c '
              mount -t tmpfs -o mode=755 clusterheal-practice /run && mkdir /run/netns /run/lock /run/practice && exec sleep infinity'
            """;
        CgroupTree.Create(cluster, "keeper");
        var groups = string.Join(' ', CgroupTree.EntriesOf(cluster, "keeper"));
        var keeper = new Keeper(BoundProcess.Start(logFile, "/bin/sh", ["-c", Hold, "sh", groups]));
        while (!Directory.Exists(keeper.PathOf("/run/practice")))
        {
            if (keeper._process.HasExited)
            {
                throw new PracticeException(
                    $"This machine lets nobody make namespaces: {(await File.ReadAllTextAsync(logFile, cancellationToken)).Trim()} " +
                    "Practice hosts need root with all capabilities.");
            }
            await Task.Delay(5, cancellationToken);
        }
        return keeper;
    }

    /// <summary>Where our process sees a path of the keeper's mount namespace.</summary>
    public string PathOf(string path) => $"/proc/{Id.ToString(CultureInfo.InvariantCulture)}/root{path}";

    /// <summary>Runs a program in the cluster's namespaces.</summary>
    public async Task<ToolResult> RunAsync(CancellationToken cancellationToken, params string[] command)
    {
        var result = await Tool.RunAsync("nsenter", [.. Enter(), .. command], cancellationToken);
        return result.Expect();
    }

    /// <summary>The arguments of nsenter(1) that enter the cluster's namespaces.</summary>
    public IEnumerable<string> Enter() => [$"--target={Id.ToString(CultureInfo.InvariantCulture)}", "--mount", "--net", "--"];

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
