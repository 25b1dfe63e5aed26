using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ClusterHeal.Etcd.Snapshots;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Restores;

/// <summary>
/// One host of a restore: each method is one verb of the script <c>member.sh</c>, which lies on the host with its plan, so that the
/// host can go on with the same verbs alone.
/// </summary>
/// <param name="shell">The host.</param>
/// <param name="journal">The operation that works there now.</param>
/// <param name="restoreId">The restore whose data it works with: its own, or the one that is undone.</param>
internal sealed class MemberHost(IHostShell shell, OperationJournal journal, string restoreId)
{
    // Stopping waits up to a minute for each of three components.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan HealTimeout = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan FileTimeout = TimeSpan.FromMinutes(10);

    private string Folder => $"{OperationJournal.HostFolder}/restore/{restoreId}";

    /// <summary>The host.</summary>
    public IHostShell Shell { get; } = shell;

    /// <summary>The host's name.</summary>
    public string HostName => Shell.HostName;

    /// <summary>Puts the script and its plan on the host; the plan last, by which a restore is found: where it lies, the script does.</summary>
    public async Task InstallAsync(MemberScriptPlan plan, CancellationToken cancellationToken)
    {
        var script = journal.Step(HostName, "make the folder of the restore", "mkdir -p -m 700 -- \"$1\"", Folder);
        await Shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false);
        await WriteAsync($"{Folder}/member.sh", Encoding.UTF8.GetBytes(MemberScript.Installed), cancellationToken).ConfigureAwait(false);
        await WriteAsync($"{Folder}/plan", Encoding.UTF8.GetBytes(plan.ToString()), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lays the new data beside the old. Nothing runs on them yet.</summary>
    /// <returns>The sha256 of the database as the host has it.</returns>
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

    /// <summary>Takes the new data away again where nothing ever ran on them.</summary>
    public Task DiscardAsync(CancellationToken cancellationToken) =>
        VerbAsync("discard the new data", FileTimeout, cancellationToken, "discard");

    /// <summary>
    /// Begins, and has the host heal by itself after a time. A host that is healing is waited for first; from then on it takes no verb but
    /// this one, so that its steps and ours never mix.
    /// </summary>
    public async Task BeginAsync(TimeSpan healAfter, CancellationToken cancellationToken)
    {
        await VerbAsync("begin", HealTimeout, cancellationToken, "begin").ConfigureAwait(false);
        await ExtendAsync(healAfter, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the host that we are still there: its time begins anew.</summary>
    public Task ExtendAsync(TimeSpan healAfter, CancellationToken cancellationToken) =>
        DeadMansSwitch.ArmAsync(Shell, journal, SwitchName, healAfter, [HealStep.Run($"{Folder}/member.sh", "heal")], cancellationToken);

    /// <summary>Takes the switch back.</summary>
    public Task DisarmAsync(CancellationToken cancellationToken) => DeadMansSwitch.DisarmAsync(Shell, journal, SwitchName, cancellationToken);

    /// <summary>Stops scheduler, controller manager and API server.</summary>
    public Task StopControlAsync(CancellationToken cancellationToken) =>
        VerbAsync("stop the control plane", StopTimeout, cancellationToken, "stop-control");

    /// <summary>Starts the API server, or with <paramref name="onlyProcess"/> null whatever of the control plane does not run.</summary>
    public Task StartControlAsync(string? onlyProcess, CancellationToken cancellationToken) =>
        VerbAsync($"start {onlyProcess ?? "the rest of the control plane"}", StopTimeout, cancellationToken, "start-control", onlyProcess ?? "");

    /// <summary>Stops etcd.</summary>
    public Task StopEtcdAsync(CancellationToken cancellationToken) => VerbAsync("stop etcd", StopTimeout, cancellationToken, "stop-etcd");

    /// <summary>Puts a version of the data in place. etcd does not run meanwhile.</summary>
    public Task PutAsync(DataVersion version, CancellationToken cancellationToken) =>
        VerbAsync($"put the {version.Word()} data in place", FileTimeout, cancellationToken, "put", version.Word());

    /// <summary>Starts etcd and does not wait for it.</summary>
    public Task StartEtcdAsync(CancellationToken cancellationToken) => VerbAsync("start etcd", StopTimeout, cancellationToken, "start-etcd");

    /// <summary>The version that is in place.</summary>
    public async Task<DataVersion> VersionAsync(CancellationToken cancellationToken) =>
        (await VerbAsync("look which data are in place", FileTimeout, cancellationToken, "side").ConfigureAwait(false)).Trim() == "new" ? DataVersion.New : DataVersion.Old;

    /// <summary>Has the host bring itself to the data that has the quorum, now.</summary>
    public Task HealAsync(CancellationToken cancellationToken) =>
        VerbAsync("heal", HealTimeout, cancellationToken, "heal");

    /// <summary>Marks the restore as one that was brought to an end.</summary>
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
