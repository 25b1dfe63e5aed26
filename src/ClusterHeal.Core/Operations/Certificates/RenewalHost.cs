using ClusterHeal.Hosts;
using ClusterHeal.Operations.Restores;

namespace ClusterHeal.Operations.Certificates;

/// <summary>
/// The host of a renewal. Each method is one verb of the script <c>renew-certificates.sh</c>, which is on the host with its plan. So the host can
/// revert alone what nobody has proven.
/// </summary>
/// <param name="shell">The host.</param>
/// <param name="journal">The operation that works there.</param>
/// <param name="operationId">The renewal.</param>
internal sealed class RenewalHost(IHostShell shell, OperationJournal journal, string operationId)
{
    private const string SwitchName = "certificates";

    private readonly InstalledScript _script = new(shell, journal, $"{OperationJournal.HostFolder}/certificates/{operationId}", "renew.sh");

    /// <summary>Puts the script, its plan, the record of the renewal, and the new files on the host. Nothing reads these yet.</summary>
    public async Task InstallAsync(RenewalRecord record, IReadOnlyList<RenewalGroup> groups, CancellationToken cancellationToken)
    {
        await _script.InstallAsync(MemberScript.Renew, Plan(groups), cancellationToken).ConfigureAwait(false);
        await _script.WriteAsync("record.json", record.ToString(), cancellationToken).ConfigureAwait(false);
        foreach (var (text, number) in FilesOf(groups).Select((file, number) => (file.Text, number)))
        {
            await _script.WriteAsync($"new.{number}", text, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Begins a group. After a time the host reverts it by itself.</summary>
    public async Task ArmAsync(TimeSpan healAfter, CancellationToken cancellationToken)
    {
        await _script.VerbAsync("begin", cancellationToken, "begin").ConfigureAwait(false);
        await _script.ArmAsync(SwitchName, healAfter, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops the component of a group.</summary>
    public Task StopAsync(RenewalGroup group, CancellationToken cancellationToken) => _script.VerbAsync($"stop {group.Name}", cancellationToken, "stop", group.Name);

    /// <summary>Moves the old files of a group aside and puts the new ones in their place.</summary>
    public Task LayNewAsync(RenewalGroup group, CancellationToken cancellationToken) =>
        _script.VerbAsync($"lay the new files of {group.Name}", cancellationToken, "new", group.Name);

    /// <summary>Starts the component of a group and does not wait for it.</summary>
    public Task StartAsync(RenewalGroup group, CancellationToken cancellationToken) => _script.VerbAsync($"start {group.Name}", cancellationToken, "start", group.Name);

    /// <summary>Puts the old files of a group back. Its component is stopped for this, and started again.</summary>
    public async Task PutBackAsync(RenewalGroup group, CancellationToken cancellationToken)
    {
        await _script.VerbAsync($"put the former files of {group.Name} back", cancellationToken, "back", group.Name).ConfigureAwait(false);
        await StartAsync(group, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes that a group is proven, so that the host keeps it, and disarms the switch.</summary>
    public async Task KeepAsync(RenewalGroup group, CancellationToken cancellationToken)
    {
        await _script.VerbAsync($"note that {group.Name} is proven", cancellationToken, "proven", group.Name).ConfigureAwait(false);
        await DisarmAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Disarms the switch.</summary>
    public Task DisarmAsync(CancellationToken cancellationToken) => DeadMansSwitch.DisarmAsync(shell, journal, SwitchName, cancellationToken);

    /// <summary>Marks the renewal as finished on this host. New files that were not put in place are removed.</summary>
    public Task CloseAsync(string how, CancellationToken cancellationToken) => _script.VerbAsync("close the operation", cancellationToken, "close", how);

    /// <summary>Reverts what an interrupted renewal has not proven, and ends it.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        await _script.VerbAsync("take back what is not proven", cancellationToken, "heal").ConfigureAwait(false);
        await _script.VerbAsync("begin", cancellationToken, "begin").ConfigureAwait(false);
        await CloseAsync("settled", cancellationToken).ConfigureAwait(false);
        await DisarmAsync(cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<(string Group, string Text, string Path)> FilesOf(IReadOnlyList<RenewalGroup> groups) =>
        groups.SelectMany(group => group.Files.SelectMany(file => file.Files.Select(each => (group.Name, each.Text, each.Path))));

    private string Plan(IReadOnlyList<RenewalGroup> groups) => string.Concat(
        MemberScriptPlan.Assign("operation", operationId),
        MemberScriptPlan.Assign("groups", string.Join(' ', groups.Select(group => group.Name))),
        MemberScriptPlan.Assign("components", Lines(groups.Where(group => group.Component is not null).Select(group => $"{group.Name}\t{MemberScriptPlan.Line(group.Component!)}"))),
        MemberScriptPlan.Assign("files", Lines(FilesOf(groups).Select((file, number) => $"{file.Group}\t{number}\t{file.Path}"))));

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);
}
