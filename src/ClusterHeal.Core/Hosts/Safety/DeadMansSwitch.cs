using System.Globalization;
using System.Text.RegularExpressions;

namespace ClusterHeal.Hosts;

/// <summary>
/// Tells a host to bring back, by itself, what is about to be stopped there: after a time by a transient systemd timer, and at the next boot by a
/// unit. It needs neither the operator's machine nor the network. Arm it before the stop, and disarm it after the start.
/// </summary>
public static partial class DeadMansSwitch
{
    private const int NotArmed = 46;

    /// <summary>Arms a switch, or arms it again with another time. The former one stays armed until the new one is.</summary>
    /// <param name="shell">The host.</param>
    /// <param name="journal">The operation.</param>
    /// <param name="name">The switch's name, which is unique on the host: small letters, digits and hyphens.</param>
    /// <param name="after">How long the host waits; zero for a record of the stop only, without a timer.</param>
    /// <param name="steps">What it does then, in this order.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The timer and the moment at which it fires; null without one. The timer counts the time since the boot, which nobody can set.</returns>
    /// <exception cref="HostShellException">It is not armed. Then nothing may be stopped.</exception>
    public static Task<ArmedSwitch?> ArmAsync(
        IHostShell shell, OperationJournal journal, string name, TimeSpan after, IEnumerable<HealStep> steps, CancellationToken cancellationToken) =>
        ArmAsync(shell, journal, name, after, steps, new StopRecord("", "", []), cancellationToken);

    /// <summary>The same, with the record that <see cref="ComponentFinder"/> reads later.</summary>
    internal static async Task<ArmedSwitch?> ArmAsync(
        IHostShell shell,
        OperationJournal journal,
        string name,
        TimeSpan after,
        IEnumerable<HealStep> steps,
        StopRecord facts,
        CancellationToken cancellationToken)
    {
        if (!Name().IsMatch(name)) throw new ArgumentException($"'{name}' is no name for a switch.", nameof(name));
        var heal = $"{HostScript.WithLibrary(HostScript.Text("heal"))}\n{string.Concat(steps.Select(step => step.Command + "\n"))}finish {name} {journal.OperationId}\n";
        var record = string.Join('\t', name, journal.OperationId, "@NOW@", "@FIRES@", "@TIMER@", facts.Source, facts.ParkedPath, string.Join(' ', facts.DependentUnits));
        var seconds = ((long)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var script = journal.Step(
            shell.HostName,
            after > TimeSpan.Zero ? $"arm the switch '{name}' for {after}" : $"record the stop of '{name}', without a timer",
            HostScript.Text("arm"), name, journal.OperationId, seconds, heal, record + "\n");
        var result = await shell.RunAsync(script, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == NotArmed)
        {
            throw new HostShellException(
                ErrorIds.HostSwitchNotArmed,
                FaultCategory.NotSupported,
                $"{shell.HostName}: systemd made no timer ({result.Error.Trim()}), so nothing was stopped.",
                shell.HostName,
                $"Look at '{Systemd.TryTimer}' on the host. '-For 0' stops without a timer.");
        }

        result.ThrowIfFailed(shell.HostName, script);
        return result.Text.Trim().Split(' ') is [var timer, var fires] && timer != "-"
            ? new ArmedSwitch(timer, DateTimeOffset.FromUnixTimeSeconds(long.Parse(fires, CultureInfo.InvariantCulture)))
            : null;
    }

    /// <summary>Disarms a switch. It may be disarmed already. Call this when everything that it would bring back is back.</summary>
    /// <exception cref="HostShellException">The host cannot be asked; the switch may still fire, which then does no harm.</exception>
    public static Task DisarmAsync(IHostShell shell, OperationJournal journal, string name, CancellationToken cancellationToken) =>
        shell.RunCheckedAsync(journal.Step(shell.HostName, $"disarm the switch '{name}'", HostScript.Text("disarm"), name), cancellationToken);

    // A timer's name is this name, an underscore, and when it fires. So no name may have an underscore.
    [GeneratedRegex("^[a-z0-9-]+$")]
    private static partial Regex Name();
}
