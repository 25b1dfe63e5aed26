using System.Globalization;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using ClusterHeal.Practice.Peers;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Practice.Hosts;

/// <summary>
/// What belongs to one cluster on this machine: a folder in /run, a name, a network of 254 addresses. The folder says which process
/// it belongs to; if that process is gone, the next cluster to start clears it away.
/// </summary>
internal sealed class ClusterState
{
    private const string Home = "/run/clusterheal-practice";
    private const string Lock = "/run/lock/clusterheal-practice";
    // Set aside for tests of network devices (RFC 2544), so it hides no network that a machine may really talk to.
    private const string NetworkPrefix = "198.18";

    private ClusterState(string name, int network) => (Name, Network) = (name, network);

    /// <summary>The name of the cluster, which no other has: <c>p</c> and a number.</summary>
    public string Name { get; }

    /// <summary>The folder, readable by root only.</summary>
    public string Folder => Path.Combine(Home, Name);

    /// <summary>The network interface of this machine that leads to the cluster.</summary>
    public string Uplink => $"ch-{Name}";

    /// <summary>The address of this machine in the cluster's network.</summary>
    public string Gateway => Address(1);

    private int Network { get; }

    /// <summary>An address of the cluster's network.</summary>
    /// <param name="number">1 to 254.</param>
    public string Address(int number) => $"{NetworkPrefix}.{Network}.{number}";

    /// <summary>Removes what killed runs left, and takes a name and a network that nobody uses.</summary>
    public static async Task<ClusterState> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var turn = await TakeTurnAsync(cancellationToken);
        Directory.CreateDirectory(Home);
        await ClearDeadAsync(cancellationToken);

        var taken = Directory.GetDirectories(Home).Select(folder => Path.GetFileName(folder)).ToHashSet();
        var inUse = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(link => link.GetIPProperties().UnicastAddresses)
            .Where(each => each.Address.AddressFamily == AddressFamily.InterNetwork)
            .Select(each => each.Address.ToString())
            .ToList();
        for (var network = 1; network < 255; network++)
        {
            var state = new ClusterState($"p{network}", network);
            var prefix = $"{NetworkPrefix}.{network}.";
            if (taken.Contains(state.Name) || inUse.Exists(address => address.StartsWith(prefix, StringComparison.Ordinal))) continue;
            UnixFile.MakeFolder(state.Folder, UnixFile.PrivateFolder);
            await File.WriteAllTextAsync(Path.Combine(state.Folder, "owner"), ProcessMark(Environment.ProcessId), cancellationToken);
            return state;
        }
        throw new PracticeException($"254 practice clusters run on this machine; see {Home}.");
    }

    /// <summary>Removes all that the machine knows of the cluster.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        // Not while another cluster looks at what is there: it would mistake a half-removed folder for one that a killed run left.
        await using var turn = await TakeTurnAsync(cancellationToken);
        await ClearAsync(cancellationToken);
        // Refused as long as another cluster has a folder in it.
        _ = Native.RemoveFolder(Home);
    }

    private static Task<FileLock> TakeTurnAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Lock)!);
        return FileLock.TakeAsync(Lock, cancellationToken);
    }

    private async Task ClearAsync(CancellationToken cancellationToken)
    {
        await CgroupTree.RemoveAsync(Name, null, cancellationToken);
        // The interface goes with its other end, a moment after the last process in the cluster's namespace.
        if (Directory.Exists($"/sys/class/net/{Uplink}")) await Tool.RunAsync("ip", ["link", "delete", Uplink], cancellationToken);
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task ClearDeadAsync(CancellationToken cancellationToken)
    {
        foreach (var folder in Directory.GetDirectories(Home))
        {
            var ownerFile = Path.Combine(folder, "owner");
            var owner = File.Exists(ownerFile) ? await File.ReadAllTextAsync(ownerFile, cancellationToken) : "";
            var id = int.TryParse(owner.Split(' ')[0], CultureInfo.InvariantCulture, out var number) ? number : 0;
            if (owner.Length > 0 && owner == ProcessMark(id)) continue;
            await new ClusterState(Path.GetFileName(folder), 0).ClearAsync(cancellationToken);
        }
    }

    /// <summary>A process id with its start time (proc(5), field 22 of stat), since ids are used again; empty if none runs.</summary>
    private static string ProcessMark(int id)
    {
        var stat = $"/proc/{id.ToString(CultureInfo.InvariantCulture)}/stat";
        if (!File.Exists(stat)) return "";
        var text = File.ReadAllText(stat);
        var afterName = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return string.Create(CultureInfo.InvariantCulture, $"{id} {afterName[19]}");
    }
}
