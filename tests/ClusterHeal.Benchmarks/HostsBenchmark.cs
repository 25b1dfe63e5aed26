using System.Globalization;
using ClusterHeal.Hosts;
using ClusterHeal.Operations;
using ClusterHeal.Practice.Hosts;

namespace ClusterHeal.Benchmarks;

/// <summary>
/// <c>Get-ControlPlaneComponent</c> on 20 hosts at once, beside a shell loop of <c>ssh</c> over the same hosts that asks systemd for the same
/// unit, in turn and all at once; and how many processes each has at a time.
/// </summary>
internal static class HostsBenchmark
{
    /// <summary>The word that makes this program ask some hosts, as a child of the benchmark.</summary>
    public const string Ask = "ask-hosts";

    private const int Count = 20;
    private const int Rounds = 5;
    private const string Unit = "kube-scheduler.service";

    /// <summary>Runs all in turn several times and prints the medians.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        string[] names = [.. Enumerable.Range(1, Count).Select(number => string.Create(CultureInfo.InvariantCulture, $"h{number:00}"))];
        await using var hosts = await PracticeHosts.StartAsync(names, cancellationToken, Install);
        string Loop(string end) =>
            $"for host in {string.Join(' ', names)}; do ssh -n -F '{hosts.SshConfigFile}' $host systemctl show {Unit}{end} done; wait";
        string[] addresses = [.. hosts.Hosts.Select(host => host.Address)];
        Contender[] contenders =
        [
            new("ssh, one by one", "sh", ["-c", Loop(";")]) { CountsProcesses = true },
            new("ssh, all at once", "sh", ["-c", Loop(" &")]) { CountsProcesses = true },
            .. Enum.GetValues<SshTransport>().Select(transport =>
                Contender.Ourselves($"ClusterHeal, {transport}", [Ask, $"{transport}", hosts.KeyFile, hosts.KnownHostsFile, .. addresses]) with { CountsProcesses = true }),
        ];
        await Race.RunAsync(contenders, Rounds, $"{Count} hosts", cancellationToken);
    }

    /// <summary>Asks the hosts once in this process.</summary>
    public static async Task<int> RunOursAsync(
        SshTransport transport, string keyFile, string knownHosts, string[] hosts, CancellationToken cancellationToken)
    {
        var targets = hosts.Select(host => new HostComponents(
            Login(host, keyFile, knownHosts) with { SshTransport = transport }, [ClusterComponent.Scheduler]));
        await ComponentQuery.RunAsync([.. targets], all: false, Count, Shells, new SilentSink(), cancellationToken);
        return 0;
    }

    /// <summary>Opens the way to hosts.</summary>
    public static HostShells Shells { get; } = new(_ => { });

    /// <summary>The login to a practice host.</summary>
    public static HostConnection Login(string host, string keyFile, string knownHosts) => new()
    {
        HostName = host,
        UserName = "root",
        KeyFilePath = keyFile,
        SshOption = new Dictionary<string, string> { ["UserKnownHostsFile"] = knownHosts },
    };

    private static void Install(PracticeHosts hosts)
    {
        foreach (var host in hosts.Hosts)
        {
            host.Disk.EnableUnit(Unit, "[Service]\nExecStart=/bin/bash -c 'exec -a kube-scheduler sleep infinity'\n[Install]\nWantedBy=multi-user.target\n");
        }
    }
}
