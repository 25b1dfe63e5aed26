using System.Security.Cryptography;
using ClusterHeal.Practice.Peers;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Practice.Hosts;

/// <summary>
/// Practice hosts in a network of their own, on one Linux machine as root. Each has the machine's own programs, a systemd, an SSH server
/// and a disk in memory. Several clusters live side by side. Disposing of it leaves nothing; when our process is killed, the kernel ends
/// the hosts with it, and the next start clears away the rest.
/// </summary>
public sealed class PracticeHosts : IAsyncDisposable
{
    private readonly ClusterState _state;
    private readonly Keeper _keeper;
    private readonly Peer _parts;
    private readonly string _nspawn;

    private PracticeHosts(ClusterState state, Keeper keeper, Peer parts)
    {
        _state = state;
        _keeper = keeper;
        _parts = parts;
        var unpacked = Path.Combine(parts.Bin, "systemd-nspawn");
        _nspawn = File.Exists(unpacked) ? unpacked : Tool.Find("systemd-nspawn") ?? throw Tool.Missing("systemd-nspawn");
    }

    /// <summary>The name of the cluster among those of this machine.</summary>
    public string Name => _state.Name;

    /// <summary>A folder for files of this cluster; it goes with it.</summary>
    public string Folder => _state.Folder;

    /// <summary>The hosts, in the order of their names as given.</summary>
    public IReadOnlyList<PracticeHost> Hosts { get; private set; } = [];

    /// <summary>The private key that root, and every user added to a host, accepts.</summary>
    public string KeyFile => Path.Combine(Folder, "id_practice");

    /// <summary>The known_hosts file with all hosts in it.</summary>
    public string KnownHostsFile => Path.Combine(Folder, "known_hosts");

    /// <summary>A configuration for <c>ssh -F</c>, in which every host is known by its name.</summary>
    public string SshConfigFile => Path.Combine(Folder, "ssh_config");

    /// <summary>The address of this machine as the hosts see it.</summary>
    public string Gateway => _state.Gateway;

    /// <summary>A host by its name.</summary>
    public PracticeHost this[string name] => Hosts.First(host => host.Name == name);

    /// <summary>Makes hosts and boots them.</summary>
    /// <param name="names">Their names, such as <c>kubem00</c>.</param>
    /// <param name="cancellationToken">Ends the wait; nothing is left.</param>
    /// <param name="prepare">Writes files to their disks before they boot.</param>
    /// <param name="diskSize">How much each may write, in the form of tmpfs's option <c>size</c>; it is memory.</param>
    /// <param name="sharedFiles">
    /// Files or folders of this machine that all hosts have, by their paths on the hosts. They take no room on the hosts' disks.
    /// </param>
    /// <exception cref="PracticeException">This machine cannot do it; the message says what it needs.</exception>
    public static async Task<PracticeHosts> StartAsync(
        IEnumerable<string> names,
        CancellationToken cancellationToken,
        Action<PracticeHosts>? prepare = null,
        string diskSize = "1G",
        IReadOnlyDictionary<string, string>? sharedFiles = null)
    {
        var hosts = await CreateAsync(names, diskSize, sharedFiles ?? new Dictionary<string, string>(), cancellationToken);
        try
        {
            prepare?.Invoke(hosts);
            await Task.WhenAll(hosts.Hosts.Select(host => host.PowerOnAsync(cancellationToken)));
            return hosts;
        }
        catch
        {
            await hosts.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the hosts and removes every trace of them.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts) await host.DisposeAsync();
        await _keeper.DisposeAsync();
        await _state.ReleaseAsync(CancellationToken.None);
    }

    internal BoundProcess Boot(PracticeHost host)
    {
        // nspawn makes its groups below its own, so each host has one; and it does not boot again by itself but ends with 133.
        const string Run = """
            for procs in $1; do echo 0 > "$procs"; done
            keeper=$2; shift 2
            exec nsenter --target="$keeper" --mount --net -- unshare --mount --pid --fork --kill-child=KILL --mount-proc -- /bin/sh -c '
              code=133; while [ $code = 133 ]; do "$@"; code=$?; done; exit $code' sh "$@"
            """;
        CgroupTree.Create(Name, host.Name);
        var environment = new Dictionary<string, string?>
        {
            ["SYSTEMD_NSPAWN_UNIFIED_HIERARCHY"] = "1",
            ["LD_LIBRARY_PATH"] = LibraryPath(_parts),
        };
        return BoundProcess.Start(
            host.ConsoleLog,
            "/bin/sh",
            [
                "-c", Run, "sh", string.Join(' ', CgroupTree.EntriesOf(Name, host.Name)),
                _keeper.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
                _nspawn, "--quiet", "--boot", $"--directory={RootOf(host.Name)}", $"--machine={Name}-{host.Name}",
                $"--hostname={host.Name}", "--register=no", "--keep-unit", $"--network-namespace-path=/run/netns/{host.Name}",
                "--resolv-conf=off", "--timezone=off", "--link-journal=no", "--console=read-only", "--capability=CAP_NET_ADMIN",
            ],
            environment);
    }

    internal Task SetLinkAsync(PracticeHost host, string state, CancellationToken cancellationToken) =>
        _keeper.RunAsync(cancellationToken, "ip", "link", "set", LinkOf(host.Name), state);

    internal Task ConfigureNetworkAsync(PracticeHost host, string[] command, CancellationToken cancellationToken) =>
        _keeper.RunAsync(cancellationToken, ["ip", "-n", host.Name, .. command]);

    /// <summary>A machine without ip(8) or ssh(1) uses those that were unpacked for the hosts.</summary>
    private static void LendMissingPrograms(Peer parts)
    {
        if (Tool.Find("ip") is not null && Tool.Find("ssh") is not null) return;
        var path = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", $"{path}:{parts.Bin}:{Path.Combine(parts.Root, "usr", "sbin")}");
        Environment.SetEnvironmentVariable("LD_LIBRARY_PATH", LibraryPath(parts));
    }

    private static string LibraryPath(Peer parts) => string.Join(
        ':',
        Directory.GetDirectories(Path.Combine(parts.Root, "usr", "lib"), "*-linux-gnu*")
            .SelectMany(libraries => new[] { libraries, Path.Combine(libraries, "systemd") }));

    private static string RootOf(string name) => $"/run/practice/{name}/root";

    private static string LinkOf(string name) => $"v-{name}";

    private static async Task<PracticeHosts> CreateAsync(
        IEnumerable<string> names, string diskSize, IReadOnlyDictionary<string, string> sharedFiles, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            throw new PracticeException(
                "Practice hosts need root on Linux, to make namespaces: run this with sudo, or in a container with '--privileged'.");
        }
        var parts = await new PeerCache().GetAsync(PeerSet.HostParts, cancellationToken);
        LendMissingPrograms(parts);
        InotifyLimit.Raise();
        var state = await ClusterState.ClaimAsync(cancellationToken);
        try
        {
            var keeper = await Keeper.StartAsync(state.Name, Path.Combine(state.Folder, "keeper.log"), cancellationToken);
            var hosts = new PracticeHosts(state, keeper, parts);
            await hosts.LayOutAsync([.. names], diskSize, sharedFiles, cancellationToken);
            return hosts;
        }
        catch
        {
            await state.ReleaseAsync(CancellationToken.None);
            throw;
        }
    }

    private async Task LayOutAsync(
        string[] names, string diskSize, IReadOnlyDictionary<string, string> sharedFiles, CancellationToken cancellationToken)
    {
        var userKey = SshKeyPair.Create();
        UnixFile.Write(KeyFile, userKey.PrivatePem, UnixFile.Private);
        var layer = Directory.CreateDirectory(_keeper.PathOf("/run/practice/layer")).FullName;
        await HostLayer.FillAsync(layer, _parts, userKey, cancellationToken);
        foreach (var (path, source) in sharedFiles)
        {
            var target = new HostDisk(layer).PathOf(path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            (await Tool.RunAsync("cp", ["--archive", "--no-target-directory", source, target], cancellationToken)).Expect();
        }
        await ConnectAsync(names, cancellationToken);

        const string MountDisk = """
            mount -t tmpfs -o "size=$2,mode=755" disk "/run/practice/$1" &&
            mkdir "/run/practice/$1/upper" "/run/practice/$1/work" "/run/practice/$1/root" &&
            mount -t overlay root -o "lowerdir=/run/practice/layer:/,upperdir=/run/practice/$1/upper,workdir=/run/practice/$1/work" "$3"
            """;
        var known = string.Concat(names.Select((name, index) => $"{AddressOf(index)} {name}\n"));
        var hosts = new List<PracticeHost>();
        foreach (var (name, index) in names.Select((name, index) => (name, index)))
        {
            Directory.CreateDirectory(_keeper.PathOf($"/run/practice/{name}"));
            await _keeper.RunAsync(cancellationToken, "/bin/sh", "-c", MountDisk, "sh", name, diskSize, RootOf(name));
            var host = new PracticeHost(this, name, AddressOf(index), new HostDisk(_keeper.PathOf(RootOf(name))), SshKeyPair.Create());
            host.Disk.Write("/etc/hostname", $"{name}\n");
            host.Disk.Write("/etc/hosts", $"127.0.0.1 localhost\n{known}");
            host.Disk.Write("/etc/machine-id", Convert.ToHexString(RandomNumberGenerator.GetBytes(16)).ToLowerInvariant() + "\n");
            host.Disk.WritePrivate("/etc/ssh/ssh_host_ecdsa_key", host.HostKey.PrivatePem);
            hosts.Add(host);
        }
        Hosts = hosts;
        await File.WriteAllLinesAsync(KnownHostsFile, hosts.Select(host => host.KnownHostsLine), cancellationToken);
        await File.WriteAllTextAsync(SshConfigFile, SshConfig(), cancellationToken);
    }

    /// <summary>
    /// One bridge in the cluster's namespace, a cable to each host's namespace and one to this machine. The machine's end of that cable
    /// is all that it sees, and goes when the other end does.
    /// </summary>
    private async Task ConnectAsync(string[] names, CancellationToken cancellationToken)
    {
        var keeper = _keeper.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await IpAsync("link", "add", _state.Uplink, "type", "veth", "peer", "name", "uplink", "netns", keeper);
        await IpAsync("address", "add", $"{Gateway}/24", "dev", _state.Uplink);
        await IpAsync("link", "set", _state.Uplink, "up");

        List<string> commands = ["link add bridge type bridge", "link set bridge up", "link set uplink master bridge up", "link set lo up"];
        commands.AddRange(names.Select(name => $"netns add {name}"));
        commands.AddRange(names.Select(name => $"link add {LinkOf(name)} type veth peer name host0 netns {name}"));
        commands.AddRange(names.Select(name => $"link set {LinkOf(name)} master bridge up"));
        await BatchAsync([], commands);
        foreach (var (name, index) in names.Select((name, index) => (name, index)))
        {
            var address = $"address add {AddressOf(index)}/24 dev host0";
            await BatchAsync(["-n", name], ["link set lo up", address, "link set host0 up", $"route add default via {Gateway}"]);
        }

        async Task IpAsync(params string[] arguments) => (await Tool.RunAsync("ip", arguments, cancellationToken)).Expect();

        Task BatchAsync(string[] options, IEnumerable<string> lines)
        {
            File.WriteAllLines(_keeper.PathOf("/run/practice/network"), lines);
            return _keeper.RunAsync(cancellationToken, ["ip", .. options, "-batch", "/run/practice/network"]);
        }
    }

    private string AddressOf(int index) => _state.Address(11 + index);

    private string SshConfig()
    {
        var lines = Hosts.Select(host => $"Host {host.Name}\n  HostName {host.Address}\n");
        return $"""
            {string.Concat(lines)}
            Host *
              User root
              IdentityFile {KeyFile}
              IdentitiesOnly yes
              UserKnownHostsFile {KnownHostsFile}
              GlobalKnownHostsFile /dev/null
              StrictHostKeyChecking yes
              BatchMode yes

            """;
    }
}
