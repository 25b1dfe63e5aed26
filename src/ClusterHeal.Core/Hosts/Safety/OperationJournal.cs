using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ClusterHeal.Common;

namespace ClusterHeal.Hosts;

/// <summary>
/// The journal of one operation. Each step is written before it is done: on this machine, and on its host. So from any machine one can see how far an
/// interrupted operation came.
/// </summary>
public sealed class OperationJournal
{
    /// <summary>The folder on every host in which ClusterHeal keeps its records.</summary>
    public const string HostFolder = "/var/lib/clusterheal";

    private const string FileName = "journal.jsonl";

    private readonly string _file;
    private readonly object _writing = new();

    /// <summary>Begins an operation.</summary>
    /// <param name="operation">The cmdlet's name.</param>
    /// <param name="folder">The folder of the journal on this machine; <see cref="DefaultFolder"/> for users.</param>
    /// <param name="time">The clock.</param>
    public OperationJournal(string operation, string folder, TimeProvider time)
        : this(operation, NewId(time), folder, time)
    {
    }

    /// <summary>Continues an operation that began elsewhere: it has that operation's locks, and its lines have the same ID.</summary>
    /// <param name="operation">The cmdlet's name.</param>
    /// <param name="operationId">The operation's id.</param>
    /// <param name="folder">The folder of the journal on this machine.</param>
    /// <param name="time">The clock.</param>
    internal OperationJournal(string operation, string operationId, string folder, TimeProvider time)
    {
        Operation = operation;
        OperationId = operationId;
        Time = time;
        _file = Path.Combine(folder, FileName);
        Operator = $"{Environment.UserName}@{Environment.MachineName}";
        // Only its owner can read it: the lines name hosts and files of a cluster.
        OwnerOnly.MakeFolder(folder);
    }

    /// <summary>Where the journal is on an operator's machine: <c>~/.local/state/clusterheal</c>, or <c>%LOCALAPPDATA%\clusterheal</c>.</summary>
    public static string DefaultFolder
    {
        get
        {
            if (OperatingSystem.IsWindows())
            {
                return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "clusterheal");
            }

            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return Path.Combine(string.IsNullOrEmpty(state) ? Path.Combine(home, ".local", "state") : state, "clusterheal");
        }
    }

    /// <summary>The operation's clock.</summary>
    internal TimeProvider Time { get; }

    /// <summary>The operation's id: the time when it began, and a random part.</summary>
    public string OperationId { get; }

    /// <summary>The cmdlet's name.</summary>
    public string Operation { get; }

    /// <summary>Who, and on which machine.</summary>
    public string Operator { get; }

    /// <summary>Notes a step on this machine; when this returns, it is on disk.</summary>
    /// <param name="hostName">The host of the step, or null.</param>
    /// <param name="step">The step, in words.</param>
    public JournalEntry Note(string? hostName, string step)
    {
        var entry = new JournalEntry
        {
            Time = Time.GetUtcNow(), OperationId = OperationId, Operation = Operation, Operator = Operator, HostName = hostName, Step = step,
        };
        var line = JsonSerializer.SerializeToUtf8Bytes(entry, JournalJson.Default.JournalEntry);
        lock (_writing)
        {
            using var file = OwnerOnly.OpenFile(
                _file, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite });
            file.Write([.. line, (byte)'\n']);
            file.Flush(flushToDisk: true);
        }

        return entry;
    }

    /// <summary>
    /// Makes a script that changes something on a host. The step is noted here now, and on the host before the script's first command. If another
    /// operation holds the lock of that host, the script ends at once with <see cref="HostScriptFault.LockedByAnother"/>.
    /// </summary>
    /// <param name="hostName">The host.</param>
    /// <param name="step">The step, in words; also the script's purpose.</param>
    /// <param name="body">The script's text.</param>
    /// <param name="arguments">The values for <c>$1</c>, <c>$2</c> …</param>
    public HostScript Step(string hostName, string step, string body, params string[] arguments)
    {
        var line = JsonSerializer.Serialize(Note(hostName, step), JournalJson.Default.JournalEntry);
        return new HostScript(HostScript.Text("journal") + body, [line, OperationId, .. arguments]) { Purpose = step };
    }

    /// <summary>Reads the journal of a host; lines that are no entries are left out.</summary>
    /// <exception cref="HostShellException">The host cannot be asked.</exception>
    public static async Task<IReadOnlyList<JournalEntry>> ReadAsync(IHostShell shell, CancellationToken cancellationToken)
    {
        var script = new HostScript($"[ ! -e {HostFolder}/journal.jsonl ] || cat {HostFolder}/journal.jsonl") { Purpose = "read the journal" };
        var result = await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false);
        return [.. result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse).OfType<JournalEntry>()];
    }

    /// <summary>Reads the journal of this machine, without changing anything.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="isWhole">Whether every line of it is an entry.</param>
    /// <param name="last">How many bytes at its end are read.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static IReadOnlyList<JournalEntry> ReadLocal(string folder, out bool isWhole, long last = long.MaxValue)
    {
        var file = Path.Combine(folder, FileName);
        isWhole = true;
        if (!File.Exists(file)) return [];
        // Another operation may be writing to it.
        var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        if (stream.Length > last)
        {
            stream.Seek(-last, SeekOrigin.End);
            reader.ReadLine(); // It begins in the middle.
        }

        var entries = new List<JournalEntry>();
        while (reader.ReadLine() is { } line)
        {
            if (Parse(line) is { } entry) entries.Add(entry);
            else isWhole &= line.Length == 0;
        }

        return entries;
    }

    /// <summary>Reads one line of a journal; null if it is no entry.</summary>
    internal static JournalEntry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, JournalJson.Default.JournalEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string NewId(TimeProvider time) =>
        time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z-'", CultureInfo.InvariantCulture) + RandomNumberGenerator.GetHexString(6, lowercase: true);
}
