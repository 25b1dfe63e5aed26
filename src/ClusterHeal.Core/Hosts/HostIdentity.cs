namespace ClusterHeal.Hosts;

/// <summary>
/// Which host a shell is on, as the host itself says. The user's name for it is not enough: an alias of ssh_config, a name and an address may be one
/// host, and would then be counted as three.
/// </summary>
/// <param name="BootId">The boot of its kernel.</param>
/// <param name="Processes">The PID namespace: containers with a systemd of their own share a kernel, but not this.</param>
/// <param name="SystemName">Its own host name.</param>
internal sealed record HostIdentity(string BootId, string Processes, string SystemName)
{
    // Some sandboxes do not show their namespaces.
    private const string Tell = "cat /proc/sys/kernel/random/boot_id && { readlink /proc/self/ns/pid || echo -; } && uname -n";

    /// <summary>Asks a host.</summary>
    /// <exception cref="HostShellException">It cannot be asked.</exception>
    public static async Task<HostIdentity> AskAsync(IHostShell shell, CancellationToken cancellationToken)
    {
        var script = new HostScript(Tell) { Purpose = "ask which host this is" };
        var lines = (await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false)).Text.Split('\n', StringSplitOptions.TrimEntries);
        return new HostIdentity(lines[0], lines[1], lines[2]);
    }

    /// <summary>Makes sure that each shell is on a different host, before somebody relies on their number.</summary>
    /// <exception cref="HostShellException">Two are on one host, or a host cannot be asked.</exception>
    public static async Task RequireDistinctAsync(IReadOnlyList<IHostShell> shells, CancellationToken cancellationToken)
    {
        if (shells.Count < 2) return;
        RequireDistinct(await Task.WhenAll(shells.Select(async shell => (shell.HostName, await AskAsync(shell, cancellationToken).ConfigureAwait(false))))
            .ConfigureAwait(false));
    }

    /// <summary>The same for hosts whose identity is known already.</summary>
    /// <exception cref="HostShellException">Two are one host.</exception>
    public static void RequireDistinct(IEnumerable<(string Name, HostIdentity Identity)> hosts)
    {
        if (hosts.GroupBy(host => host.Identity, host => host.Name).FirstOrDefault(names => names.Count() > 1) is not { } twice) return;
        throw new HostShellException(
            ErrorIds.HostNamedTwice,
            FaultCategory.InvalidArgument,
            $"{string.Join(" and ", twice)} are one host, which calls itself '{twice.Key.SystemName}'. Counted twice, it would hide that another one is missing. "
                + "Nothing was touched.",
            twice.First(),
            "Name each host once.");
    }
}
