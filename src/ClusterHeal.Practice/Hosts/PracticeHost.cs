using System.Globalization;
using System.Net.Sockets;
using ClusterHeal.Practice.Processes;

namespace ClusterHeal.Practice.Hosts;

/// <summary>One practice host: a systemd of its own as process 1, an SSH server, an address.</summary>
public sealed class PracticeHost
{
    private static readonly TimeSpan BootTime = TimeSpan.FromMinutes(3);
    private readonly PracticeHosts _cluster;
    private BoundProcess? _machine;

    internal PracticeHost(PracticeHosts cluster, string name, string address, HostDisk disk, SshKeyPair hostKey)
    {
        _cluster = cluster;
        Name = name;
        Address = address;
        Disk = disk;
        HostKey = hostKey;
    }

    /// <summary>Its name, which the other hosts of the cluster know.</summary>
    public string Name { get; }

    /// <summary>Its address, which this machine reaches.</summary>
    public string Address { get; }

    /// <summary>Its files.</summary>
    public HostDisk Disk { get; }

    /// <summary>The key with which it proves who it is.</summary>
    public SshKeyPair HostKey { get; }

    /// <summary>Its line for a known_hosts file, with address and name.</summary>
    public string KnownHostsLine => $"{Address},{Name} {HostKey.PublicLine}";

    /// <summary>What the boot printed.</summary>
    public string ConsoleLog => Path.Combine(_cluster.Folder, $"{Name}.console");

    /// <summary>True while it is switched on; during a reboot too.</summary>
    public bool IsOn => _machine is { HasExited: false };

    /// <summary>Switches it on with the disk that it has, and waits until systemd says that the boot is done and SSH answers.</summary>
    public async Task PowerOnAsync(CancellationToken cancellationToken)
    {
        if (IsOn) return;
        await RestoreNetworkAsync(cancellationToken);
        _machine = _cluster.Boot(this);
        await WaitUntilUpAsync("", cancellationToken);
    }

    /// <summary>Switches it off as a power cut does: nothing is stopped in order, its address no longer answers, its disk stays.</summary>
    public async Task PowerOffAsync(CancellationToken cancellationToken)
    {
        if (_machine is null) return;
        await CutNetworkAsync(cancellationToken);
        await _machine.KillAsync();
        await CgroupTree.RemoveAsync(_cluster.Name, Name, cancellationToken);
    }

    /// <summary>Reboots it in order (<c>systemctl reboot</c>) and waits until it is up again.</summary>
    public async Task RebootAsync(CancellationToken cancellationToken)
    {
        var before = await BootIdAsync(cancellationToken);
        await RunAsync(cancellationToken, "systemctl", "reboot");
        await WaitUntilUpAsync(before, cancellationToken);
    }

    /// <summary>Pulls the network cable. Connections are not closed; they hang, as they do in reality.</summary>
    public Task CutNetworkAsync(CancellationToken cancellationToken) => _cluster.SetLinkAsync(this, "down", cancellationToken);

    /// <summary>Plugs the network cable in again.</summary>
    public Task RestoreNetworkAsync(CancellationToken cancellationToken) => _cluster.SetLinkAsync(this, "up", cancellationToken);

    /// <summary>Drops what it sends to another host of the cluster, or to an address: half a partition.</summary>
    public Task DropRouteAsync(string address, CancellationToken cancellationToken) =>
        _cluster.ConfigureNetworkAsync(this, ["route", "add", "blackhole", $"{address}/32"], cancellationToken);

    /// <summary>Undoes <see cref="DropRouteAsync"/>.</summary>
    public Task RestoreRouteAsync(string address, CancellationToken cancellationToken) =>
        _cluster.ConfigureNetworkAsync(this, ["route", "delete", "blackhole", $"{address}/32"], cancellationToken);

    /// <summary>Runs a program on it as root, past SSH: it works with the network cut.</summary>
    /// <exception cref="PracticeException">The host is off.</exception>
    public Task<ToolResult> RunAsync(CancellationToken cancellationToken, params string[] command)
    {
        var init = CgroupTree.InitOf(_cluster.Name, Name) ?? throw new PracticeException($"Practice host '{Name}' is off.");
        string[] enter = [$"--target={init.ToString(CultureInfo.InvariantCulture)}", "--mount", "--uts", "--ipc", "--net", "--pid", "--"];
        var plain = new Dictionary<string, string?>
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ["HOME"] = "/root", ["LC_ALL"] = "C.UTF-8",
        };
        return Tool.RunAsync("nsenter", [.. enter, .. command], cancellationToken, plain, "/");
    }

    /// <summary>Adds a user who may log in with the cluster's key.</summary>
    /// <param name="name">The user's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="password">A password, or null for none.</param>
    /// <param name="sudoers">What follows the user's name in a sudoers file, such as <c>ALL=(ALL) NOPASSWD: ALL</c>; or null.</param>
    /// <param name="shell">The login shell.</param>
    public async Task AddUserAsync(
        string name, CancellationToken cancellationToken, string? password = null, string? sudoers = null, string shell = "/bin/bash")
    {
        const string Add = """
            set -e
            useradd --create-home --shell "$2" -- "$1"
            install -d -m 700 -o "$1" "/home/$1/.ssh"
            install -m 600 -o "$1" /root/.ssh/authorized_keys "/home/$1/.ssh/authorized_keys"
            if [ -n "$3" ]; then printf '%s:%s\n' "$1" "$3" | chpasswd; fi
            if [ -n "$4" ]; then printf '%s %s\n' "$1" "$4" >"/etc/sudoers.d/$1"; chmod 440 "/etc/sudoers.d/$1"; fi
            """;
        (await RunAsync(cancellationToken, "/bin/sh", "-c", Add, "sh", name, shell, password ?? "", sudoers ?? "")).Expect();
    }

    /// <inheritdoc />
    public override string ToString() => $"{Name} ({Address})";

    internal async Task DisposeAsync()
    {
        if (_machine is not null) await _machine.DisposeAsync();
    }

    private async Task WaitUntilUpAsync(string formerBoot, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(BootTime);
        try
        {
            while (!await IsUpAsync(formerBoot, deadline.Token))
            {
                if (!IsOn) throw new PracticeException($"Practice host '{Name}' did not boot: {LastWords()}");
                await Task.Delay(20, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PracticeException($"Practice host '{Name}' is not up after {BootTime.TotalSeconds:0} seconds: {LastWords()}");
        }
    }

    private async Task<bool> IsUpAsync(string formerBoot, CancellationToken cancellationToken)
    {
        if (CgroupTree.InitOf(_cluster.Name, Name) is null || !await SshAnswersAsync(cancellationToken)) return false;
        if (formerBoot.Length > 0 && await BootIdAsync(cancellationToken) == formerBoot) return false;
        // Until then pam_nologin lets nobody but root in.
        var state = await RunAsync(cancellationToken, "systemctl", "is-system-running", "--wait");
        return state.Output.Trim() is "running" or "degraded";
    }

    private async Task<bool> SshAnswersAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(Address, 22, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<string> BootIdAsync(CancellationToken cancellationToken) =>
        (await RunAsync(cancellationToken, "cat", "/proc/sys/kernel/random/boot_id")).Output;

    private string LastWords() =>
        File.Exists(ConsoleLog) ? string.Join('\n', File.ReadLines(ConsoleLog).TakeLast(10)) : "it printed nothing.";
}
