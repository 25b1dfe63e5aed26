namespace ClusterHeal.Hosts;

/// <summary>
/// What C# asks and tells the service manager of hosts, which is systemd. What scripts on hosts do with it is in <c>Scripts/systemd.sh</c>;
/// <see cref="SystemdUnit"/> reads what it says about a unit. Another service manager needs these three.
/// </summary>
internal static class Systemd
{
    /// <summary>The body of a script that stops the unit <c>$1</c>.</summary>
    public const string StopUnit = "# Needs library.sh.\nstop_unit \"$1\"";

    /// <summary>The body of a script that starts the units <c>$1</c>, <c>$2</c> …</summary>
    public const string StartUnits = "# Needs library.sh.\nfor unit in \"$@\"; do start_unit \"$unit\" || exit; done";

    /// <summary>The body of a script that restarts the unit <c>$1</c>.</summary>
    public const string RestartUnit = "# Needs library.sh.\nrestart_unit \"$1\"";

    /// <summary>The command that makes systemd read changed files.</summary>
    public const string Reload = "systemctl daemon-reload";

    /// <summary>The command that shows the timers.</summary>
    public const string Timers = "systemctl list-timers";

    /// <summary>The command that tests whether timers work.</summary>
    public const string TryTimer = "systemd-run --on-active=60 true";

    /// <summary>A script that prints those of some units that run, one on a line.</summary>
    public static HostScript ActiveOf(IEnumerable<string> units) =>
        new("# Needs library.sh.\nfor unit in \"$@\"; do ! unit_is_active \"$unit\" || echo \"$unit\"; done", [.. units]);

    /// <summary>A drop-in of a unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="name">The name of the drop-in. Of all drop-ins, the last in alphabetical order wins.</param>
    public static string DropIn(string unit, string name) => $"/etc/systemd/system/{unit}.d/{name}";

    /// <summary>The command that shows the log of a unit.</summary>
    public static string LogOf(string unit) => $"journalctl -u {unit}";

    /// <summary>The file of a unit, and its text with all its drop-ins, in the order in which systemd reads them.</summary>
    /// <exception cref="HostShellException">The host cannot be asked, or has no such unit.</exception>
    public static async Task<(string Path, string Text)> ReadUnitAsync(IHostShell shell, string unit, CancellationToken cancellationToken)
    {
        var script = new HostScript("systemctl show -p FragmentPath -- \"$1\" && systemctl cat -- \"$1\"", unit) { Purpose = $"read {unit}" };
        var result = await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false);
        var end = result.Text.IndexOf('\n', StringComparison.Ordinal);
        return (result.Text[..end].Replace("FragmentPath=", "", StringComparison.Ordinal), result.Text[(end + 1)..]);
    }
}
