using ClusterHeal.Hosts;
using ClusterHeal.Operations.Restores;

namespace ClusterHeal.Operations.Drills;

/// <summary>
/// The host whose etcd gets a lower quota. Each method is one verb of the script <c>lower-quota.sh</c>, which is there with its plan. So the host can
/// put the former quota back alone.
/// </summary>
/// <param name="shell">The host.</param>
/// <param name="journal">The drill.</param>
internal sealed class QuotaHost(IHostShell shell, OperationJournal journal)
{
    private const string SwitchName = "etcd-quota";

    private readonly InstalledScript _script = new(shell, journal, FolderOf(journal.OperationId), "quota.sh");

    public IHostShell Shell => shell;

    /// <summary>Whether a host has the script of a drill.</summary>
    public static async Task<bool> IsInstalledAsync(IHostShell shell, string operationId, CancellationToken cancellationToken)
    {
        var script = new HostScript("[ ! -e \"$1/installed\" ] || echo yes", FolderOf(operationId)) { Purpose = "look for a quota that a drill has lowered" };
        return (await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false)).Text.Trim() == "yes";
    }

    /// <summary>Puts the script, its plan and the new settings on the host. Last comes a mark that shows that they are there.</summary>
    public async Task InstallAsync(QuotaSettings settings, EtcdConfiguration configuration, ComponentStatus etcd, CancellationToken cancellationToken)
    {
        var plan = string.Concat(
            MemberScriptPlan.Assign("operation", journal.OperationId),
            MemberScriptPlan.Assign("data", configuration.DataDirectory),
            MemberScriptPlan.Assign("etcd", MemberScriptPlan.Line(etcd)),
            MemberScriptPlan.Assign("settings", settings.Path),
            MemberScriptPlan.Assign("health", string.Join('\n', MemberEndpoints.ToHealth(configuration))));
        await _script.InstallAsync(MemberScript.LowerQuota, plan, cancellationToken).ConfigureAwait(false);
        await _script.WriteAsync("settings.new", settings.Text, cancellationToken).ConfigureAwait(false);
        await _script.WriteAsync("installed", "", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes the host heal by itself after a time. If it is armed already, the time begins again.</summary>
    public Task ArmAsync(TimeSpan healAfter, CancellationToken cancellationToken) => _script.ArmAsync(SwitchName, healAfter, cancellationToken);

    /// <summary>Stops etcd, and starts it with the lower quota.</summary>
    public Task LowerAsync(CancellationToken cancellationToken) => _script.VerbAsync("lower the quota of etcd", cancellationToken, "lower");

    /// <summary>Stops etcd, and starts it with its former quota.</summary>
    public Task PutBackAsync(CancellationToken cancellationToken) => _script.VerbAsync("put the former quota of etcd back", cancellationToken, "back");

    /// <summary>Notes that there is nothing left to put back.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await _script.VerbAsync("close the operation", cancellationToken, "close").ConfigureAwait(false);
        await DeadMansSwitch.DisarmAsync(shell, journal, SwitchName, cancellationToken).ConfigureAwait(false);
    }

    private static string FolderOf(string operationId) => $"{OperationJournal.HostFolder}/quota/{operationId}";
}
