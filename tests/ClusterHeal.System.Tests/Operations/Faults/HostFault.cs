using ClusterHeal.Practice.Hosts;
using ClusterHeal.Tests.Operations.Restores;

namespace ClusterHeal.Tests.Operations.Faults;

/// <summary>Something that befalls a host, or who works on it, in the middle of an operation.</summary>
internal sealed class HostFault
{
    private const int Stranger = 54321;

    private HostFault(string name, Func<FaultScene, CancellationToken, Task> beginAsync, Func<FaultScene, CancellationToken, Task>? endAsync = null)
    {
        Name = name;
        BeginAsync = beginAsync;
        EndAsync = endAsync ?? ((_, _) => Task.CompletedTask);
    }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<HostFault> All { get; } =
    [
        // The hosts share this machine's clock, which nobody may set: what their scripts ask for it answers as if it had been stepped.
        new("clock stepped",
            (scene, stop) => scene.ShAsync("printf '#!/bin/sh\\nexec /bin/date -d \"+1 hour\" \"$@\"\\n' > /usr/local/bin/date && chmod 755 /usr/local/bin/date", stop),
            (scene, stop) => scene.ShAsync("rm -f /usr/local/bin/date", stop)),
        new("foreign process",
            (scene, stop) => scene.ShAsync(
                $"cp /bin/sleep /var/tmp/{scene.Program} && setpriv --reuid {Stranger} --regid {Stranger} --clear-groups setsid "
                    + $"bash -c 'exec -a {scene.Program} /var/tmp/{scene.Program} 3600' > /dev/null 2>&1 < /dev/null &",
                stop),
            (scene, stop) => scene.ShAsync($"pkill -KILL -u {Stranger}; :", stop)),
        new("disk full",
            (scene, stop) => RestoreCluster.FillDiskAsync(scene.Host, stop),
            (scene, stop) => scene.ShAsync("rm -f /var/lib/fill /var/lib/rest", stop)),
        new("filesystems apart",
            (scene, stop) => scene.ShAsync(
                "for folder in /var/lib/clusterheal /etc/kubernetes/clusterheal; do mkdir -p $folder && mount -t tmpfs -o mode=700 apart $folder || exit 1; done", stop),
            (scene, stop) => scene.ShAsync("umount /var/lib/clusterheal; umount /etc/kubernetes/clusterheal; :", stop))
        { ComesFirst = true },
        // In every file in which curl or a shell looks for one; nothing answers there.
        new("proxy set",
            (scene, stop) => scene.ShAsync(
                "printf 'proxy = http://127.0.0.1:9\n' > /root/.curlrc; printf 'HTTPS_PROXY=http://127.0.0.1:9\nhttps_proxy=http://127.0.0.1:9\nhttp_proxy=http://127.0.0.1:9\n' >> /etc/environment",
                stop),
            (scene, stop) => scene.ShAsync("rm -f /root/.curlrc; sed -i '/_proxy=/Id' /etc/environment", stop))
        { ComesFirst = true },
        new("host killed", (scene, stop) => scene.Host.PowerOffAsync(stop), (scene, stop) => scene.Host.PowerOnAsync(stop)),
        new("operator killed", (_, _) => Task.CompletedTask) { KillsOperator = true },
        new("network gone", (scene, stop) => scene.Host.CutNetworkAsync(stop), (scene, stop) => scene.Host.RestoreNetworkAsync(stop)),
        new("file edited meanwhile", (scene, stop) => scene.ShAsync($"printf '%s\\n# edited\\n' \"$0\" > '{scene.EditedFile}'", stop, scene.Original)),
        new("second operator", (scene, _) => scene.SecondOperatorAsync()),
    ];

    /// <summary>The fault in words.</summary>
    public string Name { get; }

    /// <summary>Lets it happen.</summary>
    public Func<FaultScene, CancellationToken, Task> BeginAsync { get; }

    /// <summary>Ends it, so that the host can be looked at.</summary>
    public Func<FaultScene, CancellationToken, Task> EndAsync { get; }

    /// <summary>True if nothing of the operator reaches the host any more.</summary>
    public bool KillsOperator { get; private init; }

    /// <summary>True for one that is so from the beginning, and does not come in between.</summary>
    public bool ComesFirst { get; private init; }
}

/// <summary>Where a fault happens.</summary>
/// <param name="Host">The host.</param>
/// <param name="Program">The name of the program that the operation is about.</param>
/// <param name="EditedFile">The file that somebody else writes.</param>
/// <param name="Original">Its text before.</param>
/// <param name="SecondOperatorAsync">What somebody else does at the same time.</param>
internal sealed record FaultScene(PracticeHost Host, string Program, string EditedFile, string Original, Func<Task> SecondOperatorAsync)
{
    /// <summary>Runs a command on the host, past SSH.</summary>
    public async Task ShAsync(string command, CancellationToken cancellationToken, string argument = "sh") =>
        (await Host.RunAsync(cancellationToken, "/bin/sh", "-c", command, argument)).Expect();
}
