using System.Text;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations;

/// <summary>
/// A script that is on a host with its plan, in a folder of one operation. The operator calls its verbs one by one; if nobody comes back, the host
/// itself calls its verb <c>heal</c>.
/// </summary>
/// <param name="shell">The host.</param>
/// <param name="journal">The operation that works there.</param>
/// <param name="folder">The folder.</param>
/// <param name="name">The name of the script in it.</param>
internal sealed class InstalledScript(IHostShell shell, OperationJournal journal, string folder, string name)
{
    private static readonly TimeSpan VerbTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Makes the folder, and writes the script into it, and its plan.</summary>
    public async Task InstallAsync(string script, string plan, CancellationToken cancellationToken)
    {
        var make = journal.Step(shell.HostName, "make the folder of the operation", "mkdir -p -m 700 -- \"$1\"", folder);
        await shell.RunCheckedAsync(make, cancellationToken).ConfigureAwait(false);
        await WriteAsync(name, script, cancellationToken).ConfigureAwait(false);
        await WriteAsync("plan", plan, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a file into the folder.</summary>
    public async Task WriteAsync(string file, string text, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text), writable: false);
        await shell.WriteFileAsync($"{folder}/{file}", stream, HostFileAccess.Private, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Calls a verb of the script.</summary>
    /// <param name="step">What it does, for the journal.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="verb">The verb and its arguments.</param>
    public Task VerbAsync(string step, CancellationToken cancellationToken, params string[] verb)
    {
        var script = journal.Step(shell.HostName, step, "script=$1; shift; exec sh \"$script\" \"$@\"", [$"{folder}/{name}", .. verb]).WithTimeout(VerbTimeout);
        return shell.RunCheckedAsync(script, cancellationToken);
    }

    /// <summary>Makes the host heal by itself after a time. If it is armed already, the time begins again.</summary>
    /// <param name="switchName">The name of the switch.</param>
    /// <param name="healAfter">The time.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public Task ArmAsync(string switchName, TimeSpan healAfter, CancellationToken cancellationToken) =>
        DeadMansSwitch.ArmAsync(shell, journal, switchName, healAfter, [HealStep.Run($"{folder}/{name}", "heal")], cancellationToken);
}
