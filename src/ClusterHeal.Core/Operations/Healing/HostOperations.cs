using System.Globalization;
using ClusterHeal.Hosts;
using ClusterHeal.Operations.Certificates;
using ClusterHeal.Operations.Drills;
using ClusterHeal.Operations.Repairs;

namespace ClusterHeal.Operations.Healing;

/// <summary>The records of operations on one host.</summary>
/// <param name="HostName">The host.</param>
internal sealed record HostOperations(string HostName)
{
    /// <summary>Who holds its lock, or null.</summary>
    public HeldLock? Lock { get; init; }

    public IReadOnlyList<JournalEntry> Journal { get; init; } = [];

    /// <summary>The components that operations stopped there.</summary>
    public IReadOnlyList<StoppedRecord> Stopped { get; init; } = [];

    /// <summary>The unfinished drills.</summary>
    public IReadOnlyList<DrillRecord> Drills { get; init; } = [];

    /// <summary>The repairs of its member.</summary>
    public IReadOnlyList<RememberedRepair> Repairs { get; init; } = [];

    public IReadOnlyList<RememberedRenewal> Renewals { get; init; } = [];

    /// <summary>The restores whose former data it still has.</summary>
    public IReadOnlyList<RememberedRestore> Restores { get; init; } = [];

    /// <summary>The files that could not be read, or only in part.</summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];

    /// <summary>Asks a host.</summary>
    /// <exception cref="HostShellException">It cannot be asked.</exception>
    public static async Task<HostOperations> ReadAsync(IHostShell shell, CancellationToken cancellationToken)
    {
        var script = new HostScript(HostScript.Text("list-operations")) { Purpose = "look for operations", OutputLimit = 64 << 20 };
        var result = await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false);
        return Parse(shell.HostName, result.Text);
    }

    internal static HostOperations Parse(string hostName, string text)
    {
        var unreadable = new List<string>();
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', 2))
            .Where(words => words.Length == 2).ToLookup(words => words[0], words => words[1]);
        unreadable.AddRange(lines["unreadable"]);
        var journal = lines["journal"].Select(OperationJournal.Parse).ToList();
        // tail may have cut the first line, but no other.
        if (journal.Skip(1).Any(entry => entry is null)) unreadable.Add($"{OperationJournal.HostFolder}/journal.jsonl");
        return new HostOperations(hostName)
        {
            Lock = lines["lock"].Select(HeldLock.Parse).FirstOrDefault(),
            Journal = [.. journal.OfType<JournalEntry>()],
            Stopped = Records("stopped", StoppedRecord.Parse),
            Drills = Records("drill", record => DrillRecord.Parse(record) is { IsOwn: true } drill ? drill : null),
            Repairs = [.. lines["repair"].Select(Repair).OfType<RememberedRepair>()],
            Renewals = [.. lines["renewal"].Select(Renewal).OfType<RememberedRenewal>()],
            Restores = [.. lines["restore"].Select(line => line.Split(' ')).Where(words => words.Length == 3)
                .Select(words => new RememberedRestore(words[0], words[1] == "finished", words[2]))],
            Unreadable = unreadable,
        };

        IReadOnlyList<T> Records<T>(string word, Func<string, T?> parse)
            where T : class => [.. lines[word].Select(line => Record(line, parse)).OfType<T>()];

        T? Record<T>(string line, Func<string, T?> parse)
            where T : class
        {
            var parts = line.Split('\t', 2);
            // A record of a stop ends in an empty field if nothing depends on the component. So only the part that the script added is removed.
            var record = parts.Length == 2 ? parse(parts[1].EndsWith(' ') ? parts[1][..^1] : parts[1]) : null;
            if (record is null) unreadable.Add(parts[0]);
            return record;
        }

        RememberedRenewal? Renewal(string line)
        {
            var words = line.Split(' ', 2);
            if (words.Length < 2 || Record(words[1], text => RenewalRecord.Parse(text) is { IsOwn: true } own ? own : null) is not { } record) return null;
            return new RememberedRenewal(record, IsFinished: words[0] == "finished");
        }

        RememberedRepair? Repair(string line)
        {
            var words = line.Split(' ', 3);
            if (words.Length < 3 || Record(words[2], text => RepairRecord.Parse(text) is { IsOwn: true } own ? own : null) is not { } record) return null;
            return new RememberedRepair(record, IsFinished: words[0] == "finished", IsForward: words[1] == "forward");
        }
    }
}

/// <summary>A repair of a member, from the record on its host.</summary>
/// <param name="Record">The record.</param>
/// <param name="IsFinished">False if it is unfinished.</param>
/// <param name="IsForward">True from just before the old member is removed.</param>
internal sealed record RememberedRepair(RepairRecord Record, bool IsFinished, bool IsForward);

/// <summary>A renewal of certificates, from the record on a host.</summary>
/// <param name="Record">The record.</param>
/// <param name="IsFinished">False if it is unfinished.</param>
internal sealed record RememberedRenewal(RenewalRecord Record, bool IsFinished);

/// <summary>A restore that still has data on a host.</summary>
/// <param name="OperationId">Its id.</param>
/// <param name="IsFinished">False if it is unfinished.</param>
/// <param name="Version"><c>old</c> or <c>new</c>, the version in place; <c>none</c> if nothing is left of it.</param>
internal sealed record RememberedRestore(string OperationId, bool IsFinished, string Version);

/// <summary>The lock of a host.</summary>
/// <param name="OperationId">The operation that holds it.</param>
/// <param name="Left">The rest of its lease.</param>
/// <param name="Who">The cmdlet and its operator.</param>
internal sealed record HeldLock(string OperationId, TimeSpan Left, string Who)
{
    /// <summary>Reads the line of the script.</summary>
    public static HeldLock Parse(string line)
    {
        var parts = line.Split('\t');
        var left = parts.Length > 1 && double.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
        return new HeldLock(parts[0], TimeSpan.FromSeconds(left), parts.Length > 2 ? parts[2] : "");
    }
}
