using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Healing;

/// <summary>Lists the operations that ran, run, or left something, from the journal of this machine and the records on the hosts. Changes nothing.</summary>
/// <param name="hosts">The hosts; none for the journal of this machine alone.</param>
/// <param name="shells">Opens the connections to them.</param>
/// <param name="journalFolder">The folder of the journal on this machine.</param>
public sealed class OperationQuery(IReadOnlyList<HostConnection> hosts, HostShells shells, string journalFolder)
{
    /// <summary>How many hosts are asked at once.</summary>
    public int ThrottleLimit { get; init; } = 16;

    /// <summary>Is called for each operation that is found.</summary>
    public Action<ClusterOperation> OnFound { get; init; } = _ => { };

    /// <summary>Emits each <see cref="ClusterOperation"/>, the oldest first. A host that cannot be asked, or a file that cannot be read, is one error.</summary>
    /// <param name="sink">Where they go.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(IOperationSink sink, CancellationToken cancellationToken)
    {
        var local = ReadLocal(sink);
        var asked = new List<HostOperations>();
        await ParallelHosts.RunAsync(hosts, ThrottleLimit, sink, async (host, stop) =>
        {
            var shell = shells.OpenForOneScript(host);
            await using (shell.ConfigureAwait(false))
            {
                var found = await HostOperations.ReadAsync(shell, stop).ConfigureAwait(false);
                lock (asked) asked.Add(found);
            }
        }, cancellationToken).ConfigureAwait(false);
        foreach (var host in asked)
        {
            foreach (var file in host.Unreadable) sink.Fail(Unreadable(host.HostName, file));
        }

        foreach (var operation in OperationList.Of(local, asked))
        {
            OnFound(operation);
            sink.Emit(operation);
        }
    }

    /// <summary>
    /// The operations at the end of this machine's journal, the last one first. For completion, which must be fast: unreadable lines are left out,
    /// and so are operations that are thousands of steps old.
    /// </summary>
    /// <param name="journalFolder">The folder of the journal.</param>
    public static IReadOnlyList<ClusterOperation> Local(string journalFolder)
    {
        const long End = 1 << 20;
        try
        {
            return [.. OperationList.Of(OperationJournal.ReadLocal(journalFolder, out _, End), []).Reverse()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private IReadOnlyList<JournalEntry> ReadLocal(IOperationSink sink)
    {
        try
        {
            var entries = OperationJournal.ReadLocal(journalFolder, out var isWhole);
            if (!isWhole) sink.Fail(Unreadable("this machine", Path.Combine(journalFolder, "journal.jsonl")));
            return entries;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            sink.Fail(Unreadable("this machine", Path.Combine(journalFolder, "journal.jsonl"), e));
            return [];
        }
    }

    private static ClusterHealException Unreadable(string where, string file, Exception? cause = null) => new(
        ErrorIds.OperationRecordUnreadable,
        FaultCategory.InvalidData,
        $"'{file}' on {where} cannot be read, or not the whole of it{(cause is null ? "" : $": {cause.Message}")}. An operation may be missing in the list.",
        file,
        "Look at the file. Read it as root (-Sudo); what somebody has damaged is only for people to read.",
        cause);
}
