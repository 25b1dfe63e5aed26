using ClusterHeal.Hosts;
using ClusterHeal.Operations.Restores;

namespace ClusterHeal.Operations.Certificates;

/// <summary>
/// The host of a renewal: each method is one verb of the script <c>renew-certificates.sh</c>, which lies on the host with its plan, so that the host
/// can take back alone what nobody has proven.
/// </summary>
/// <param name="shell">The host.</param>
/// <param name="journal">The operation that works there now.</param>
/// <param name="operationId">The renewal.</param>
internal sealed class RenewalHost(IHostShell shell, OperationJournal journal, string operationId)
{
    private const string SwitchName = "certificates";

    private readonly InstalledScript _script = new(shell, journal, $"{OperationJournal.HostFolder}/certificates/{operationId}", "renew.sh");

    /// <summary>Puts the script, its plan, the record by which a renewal is found, and the new files on the host. Nothing reads these yet.</summary>
    public async Task InstallAsync(RenewalRecord record, IReadOnlyList<RenewalGroup> groups, CancellationToken cancellationToken)
    {
        await _script.InstallAsync(MemberScript.Renew, Plan(groups), cancellationToken).ConfigureAwait(false);
        await _script.WriteAsync("record.json", record.ToString(), cancellationToken).ConfigureAwait(false);
        foreach (var (text, number) in FilesOf(groups).Select((file, number) => (file.Text, number)))
        {
            await _script.WriteAsync($"new.{number}", text, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Begins a group, and has the host take it back by itself after a time.</summary>
    public async Task ArmAsync(TimeSpan healAfter, CancellationToken cancellationToken)
    {
        await _script.VerbAsync("begin", cancellationToken, "begin").ConfigureAwait(false);
        await _script.ArmAsync(SwitchName, healAfter, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops the component of a group.</summary>
    public Task StopAsync(RenewalGroup group, CancellationToken cancellationToken) => _script.VerbAsync($"stop {group.Name}", cancellationToken, "stop", group.Name);

    /// <summary>Moves the former files of a group aside and lays the new ones in their place.</summary>
    public Task LayNewAsync(RenewalGroup group, CancellationToken cancellationToken) =>
        _script.VerbAsync($"lay the new files of {group.Name}", cancellationToken, "new", group.Name);

    /// <summary>Starts the component of a group and does not wait for it.</summary>
    public Task StartAsync(RenewalGroup group, CancellationToken cancellationToken) => _script.VerbAsync($"start {group.Name}", cancellationToken, "start", group.Name);

    /// <summary>Puts the former files of a group back; its component is stopped for it, and started again.</summary>
    public async Task PutBackAsync(RenewalGroup group, CancellationToken cancellationToken)
    {
        await _script.VerbAsync($"put the former files of {group.Name} back", cancellationToken, "back", group.Name).ConfigureAwait(false);
        await StartAsync(group, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes that a group is proven, so that the host leaves it as it is, and disarms the host.</summary>
    public async Task KeepAsync(RenewalGroup group, CancellationToken cancellationToken)
    {
        await _script.VerbAsync($"note that {group.Name} is proven", cancellationToken, "proven", group.Name).ConfigureAwait(false);
        await DisarmAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the switch back.</summary>
    public Task DisarmAsync(CancellationToken cancellationToken) => DeadMansSwitch.DisarmAsync(shell, journal, SwitchName, cancellationToken);

    /// <summary>Marks the renewal as brought to its end on this host; new files that were not laid are removed.</summary>
    public Task CloseAsync(string how, CancellationToken cancellationToken) => _script.VerbAsync("close the operation", cancellationToken, "close", how);

    /// <summary>Takes back what an interrupted renewal has not proven, and ends it.</summary>
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
