using System.Globalization;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Restores;

namespace ClusterHeal.Operations.Repairs;

/// <summary>
/// The host of a repair. Each method is one verb of the script <c>repair-member.sh</c>, which is on the host with its plan. So the host can revert
/// the same steps alone.
/// </summary>
/// <param name="shell">The host.</param>
/// <param name="journal">The operation that works there.</param>
/// <param name="record">The repair.</param>
internal sealed class RepairHost(IHostShell shell, OperationJournal journal, RepairRecord record)
{
    private const string SwitchName = "etcd-repair";
    private readonly InstalledScript _script = new(shell, journal, $"{OperationJournal.HostFolder}/repair/{record.OperationId}", "repair.sh");

    public IHostShell Shell { get; } = shell;

    /// <summary>Puts the script, its plan and the new settings on the host. Last comes the record, which shows that there is a repair.</summary>
    public async Task InstallAsync(RepairSettings settings, CancellationToken cancellationToken)
    {
        await _script.InstallAsync(MemberScript.Repair, Plan(), cancellationToken).ConfigureAwait(false);
        await _script.WriteAsync("settings.new", settings.Text, cancellationToken).ConfigureAwait(false);
        if (settings.Environment is { } variables) await _script.WriteAsync(RepairSettings.EnvironmentFile, variables, cancellationToken).ConfigureAwait(false);
        await _script.WriteAsync("record.json", record.ToString(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins. After a time the host heals by itself.</summary>
    public async Task BeginAsync(TimeSpan healAfter, CancellationToken cancellationToken)
    {
        await VerbAsync("begin", cancellationToken, "begin").ConfigureAwait(false);
        await ExtendAsync(healAfter, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the host that the operator is still there: its time begins again.</summary>
    public Task ExtendAsync(TimeSpan healAfter, CancellationToken cancellationToken) =>
        _script.ArmAsync(SwitchName, healAfter, cancellationToken);

    /// <summary>Disarms the switch.</summary>
    public Task DisarmAsync(CancellationToken cancellationToken) => DeadMansSwitch.DisarmAsync(Shell, journal, SwitchName, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => VerbAsync("stop etcd", cancellationToken, "stop");

    /// <summary>Starts etcd and does not wait for it.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => VerbAsync("start etcd", cancellationToken, "start");

    /// <summary>Writes the settings of a first start. The former ones are kept.</summary>
    public Task PutNewSettingsAsync(CancellationToken cancellationToken) => VerbAsync("write the settings of a first start", cancellationToken, "settings", "new");

    /// <summary>Puts the former settings back.</summary>
    public Task PutOldSettingsAsync(CancellationToken cancellationToken) => VerbAsync("put the former settings back", cancellationToken, "settings", "old");

    /// <summary>Moves the data aside. etcd does not run meanwhile.</summary>
    public Task MoveAsideAsync(CancellationToken cancellationToken) => VerbAsync("move the data aside", cancellationToken, "aside");

    /// <summary>Puts the former data and settings back. etcd is stopped for this, and not started.</summary>
    public Task PutBackAsync(CancellationToken cancellationToken) => VerbAsync("put the former data and settings back", cancellationToken, "back");

    /// <summary>Notes that the old member is about to be removed: from now on the host alone never reverts.</summary>
    public Task MarkForwardAsync(CancellationToken cancellationToken) =>
        VerbAsync("note that the old member is about to be removed", cancellationToken, "mark", "forward");

    /// <summary>Notes that the old member is still in the cluster, so the host may revert.</summary>
    public Task MarkBackAsync(CancellationToken cancellationToken) => VerbAsync("note that the old member was not removed", cancellationToken, "unmark", "forward");

    /// <summary>Notes that the new member was added, so the host may start it.</summary>
    public Task MarkAddedAsync(CancellationToken cancellationToken) => VerbAsync("note that the new member was added", cancellationToken, "mark", "added");

    /// <summary>Makes the host heal now.</summary>
    public Task HealAsync(CancellationToken cancellationToken) => VerbAsync("heal", cancellationToken, "heal");

    /// <summary>Marks the repair as finished.</summary>
    /// <param name="outcome">The outcome, in a word.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task CloseAsync(MemberRepairOutcome outcome, CancellationToken cancellationToken) =>
        VerbAsync("close the operation", cancellationToken, "close", outcome.ToString());

    /// <summary>How many bytes are in the data directory. They grow while a new member gets the data.</summary>
    public async Task<long> SizeAsync(CancellationToken cancellationToken)
    {
        var script = new HostScript("du -sk -- \"$1\" 2>/dev/null | cut -f 1", record.Configuration.DataDirectory) { Purpose = "look at the size of the data" };
        var text = (await Shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false)).Text;
        return long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes << 10 : 0;
    }

    private string Plan() => string.Concat(
        MemberScriptPlan.Assign("operation", record.OperationId),
        MemberScriptPlan.Assign("data", record.Configuration.DataDirectory),
        MemberScriptPlan.Assign("wal", record.Configuration.WalDirectory ?? ""),
        MemberScriptPlan.Assign("etcd", MemberScriptPlan.Line(record.Etcd)),
        MemberScriptPlan.Assign("settings", record.SettingsPath));

    private Task VerbAsync(string step, CancellationToken cancellationToken, params string[] verb) => _script.VerbAsync(step, cancellationToken, verb);
}
