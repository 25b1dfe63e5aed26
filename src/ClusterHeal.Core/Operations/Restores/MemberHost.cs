using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>
/// One host of a restore. Each method is one verb of the script <c>member.sh</c>, which is on the host with its plan. So the host can continue alone
/// with the same verbs.
/// </summary>
/// <param name="shell">The host.</param>
/// <param name="journal">The operation that works there.</param>
/// <param name="restoreId">The restore whose data it uses: its own, or the one that is undone.</param>
internal sealed class MemberHost(IHostShell shell, OperationJournal journal, string restoreId)
{
    // A stop waits up to a minute for each of three components.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan HealTimeout = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan FileTimeout = TimeSpan.FromMinutes(10);

    private string Folder => $"{OperationJournal.HostFolder}/restore/{restoreId}";

    public IHostShell Shell { get; } = shell;

    public string HostName => Shell.HostName;

    /// <summary>Puts the script and its plan on the host. Last comes the plan, which shows that there is a restore: where the plan is, the script is, too.</summary>
    public async Task InstallAsync(MemberScriptPlan plan, CancellationToken cancellationToken)
    {
        var script = journal.Step(HostName, "make the folder of the restore", "mkdir -p -m 700 -- \"$1\"", Folder);
        await Shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false);
        await WriteAsync($"{Folder}/member.sh", Encoding.UTF8.GetBytes(MemberScript.Installed), cancellationToken).ConfigureAwait(false);
        await WriteAsync($"{Folder}/plan", Encoding.UTF8.GetBytes(plan.ToString()), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Puts the new data beside the old. Nothing runs on them yet.</summary>
    /// <returns>The sha256 of the database on the host.</returns>
    public async Task<string> LayOutAsync(
        MemberScriptPlan plan, Stream database, MemberBootstrap bootstrap, CancellationToken cancellationToken)
    {
        await VerbAsync("lay out the new data beside the old", FileTimeout, cancellationToken, "lay-out").ConfigureAwait(false);
        var member = $"{plan.DataDirectory}/member.clusterheal-{restoreId}.new";
        var log = plan.WalDirectory is null ? $"{member}/wal" : $"{plan.WalDirectory}.clusterheal-{restoreId}.new";
        await WriteAsync($"{member}/snap/{bootstrap.SnapFileName}", bootstrap.Snap, cancellationToken).ConfigureAwait(false);
        await WriteAsync($"{log}/{bootstrap.WalFileName}", bootstrap.WalHead, cancellationToken).ConfigureAwait(false);
        var written = await Shell.WriteFileAsync($"{member}/snap/db", database, HostFileAccess.Private, cancellationToken).ConfigureAwait(false);
        var size = MemberBootstrap.WalSize.ToString(CultureInfo.InvariantCulture);
        var head = bootstrap.WalHead.Length.ToString(CultureInfo.InvariantCulture);
        var lies = await VerbAsync(
            "read the new data back, and give them their owner", FileTimeout, cancellationToken, "finish", bootstrap.WalFileName, size, head).ConfigureAwait(false);
        string[] expected = [written.Sha256, Sha256(bootstrap.Snap), Sha256(bootstrap.WalHead)];
        var found = lies.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]);
        return found.SequenceEqual(expected) ? written.Sha256 : throw NotAsWritten();
    }

    /// <summary>Removes the new data if nothing ever ran on them.</summary>
    public Task DiscardAsync(CancellationToken cancellationToken) =>
        VerbAsync("discard the new data", FileTimeout, cancellationToken, "discard");

    /// <summary>
    /// Begins. After a time the host heals by itself. If the host is healing, this waits first. From then on the host takes no other verb, so that
    /// its steps and ours never mix.
    /// </summary>
    public async Task BeginAsync(TimeSpan healAfter, CancellationToken cancellationToken)
    {
        await VerbAsync("begin", HealTimeout, cancellationToken, "begin").ConfigureAwait(false);
        await ExtendAsync(healAfter, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the host that the operator is still there: its time begins again.</summary>
    public Task ExtendAsync(TimeSpan healAfter, CancellationToken cancellationToken) =>
        DeadMansSwitch.ArmAsync(Shell, journal, SwitchName, healAfter, [HealStep.Run($"{Folder}/member.sh", "heal")], cancellationToken);

    /// <summary>Disarms the switch.</summary>
    public Task DisarmAsync(CancellationToken cancellationToken) => DeadMansSwitch.DisarmAsync(Shell, journal, SwitchName, cancellationToken);

    /// <summary>Stops scheduler, controller manager and API server.</summary>
    public Task StopControlAsync(CancellationToken cancellationToken) =>
        VerbAsync("stop the control plane", StopTimeout, cancellationToken, "stop-control");

    /// <summary>Starts the API server, or with <paramref name="onlyProcess"/> null all of the control plane that does not run.</summary>
    public Task StartControlAsync(string? onlyProcess, CancellationToken cancellationToken) =>
        VerbAsync($"start {onlyProcess ?? "the rest of the control plane"}", StopTimeout, cancellationToken, "start-control", onlyProcess ?? "");

    public Task StopEtcdAsync(CancellationToken cancellationToken) => VerbAsync("stop etcd", StopTimeout, cancellationToken, "stop-etcd");

    /// <summary>Puts a version of the data in place. etcd does not run meanwhile.</summary>
    public Task PutAsync(DataVersion version, CancellationToken cancellationToken) =>
        VerbAsync($"put the {version.Word()} data in place", FileTimeout, cancellationToken, "put", version.Word());

    /// <summary>Starts etcd and does not wait for it.</summary>
    public Task StartEtcdAsync(CancellationToken cancellationToken) => VerbAsync("start etcd", StopTimeout, cancellationToken, "start-etcd");

    /// <summary>The version that is in place.</summary>
    public async Task<DataVersion> VersionAsync(CancellationToken cancellationToken) =>
        (await VerbAsync("look which data are in place", FileTimeout, cancellationToken, "side").ConfigureAwait(false)).Trim() == "new" ? DataVersion.New : DataVersion.Old;

    /// <summary>Makes the host go to the data that have the quorum, now.</summary>
    public Task HealAsync(CancellationToken cancellationToken) =>
        VerbAsync("heal", HealTimeout, cancellationToken, "heal");

    /// <summary>Marks the restore as ended.</summary>
    public Task CloseAsync(CancellationToken cancellationToken) => VerbAsync("close the operation", FileTimeout, cancellationToken, "close");

    private ClusterHealException NotAsWritten() => new(
        ErrorIds.RestoreNotReadable,
        FaultCategory.VerificationFailed,
        $"{HostName}: the new data that lie there are not what was written. Nothing was stopped.",
        HostName,
        "Look at its disk and its log ('dmesg'), and try again.");

    private static string Sha256(ReadOnlyMemory<byte> content) => Convert.ToHexString(SHA256.HashData(content.Span)).ToLowerInvariant();

    private const string SwitchName = "etcd-restore";

    private async Task<string> VerbAsync(string step, TimeSpan timeout, CancellationToken cancellationToken, params string[] verb)
    {
        var script = journal.Step(HostName, step, "folder=$1; shift; exec sh \"$folder/member.sh\" \"$@\"", [Folder, .. verb]).WithTimeout(timeout);
        return (await Shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false)).Text;
    }

    private async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        await Shell.WriteFileAsync(path, stream, HostFileAccess.Private, cancellationToken).ConfigureAwait(false);
    }
}
