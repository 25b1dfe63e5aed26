using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Drills;

/// <summary>What the control-plane hosts remember of a drill from before it breaks anything until nothing of it is left.</summary>
internal sealed record DrillRecord
{
    /// <summary>The operation.</summary>
    public required string OperationId { get; init; }

    /// <summary>The drill.</summary>
    public required DrillName Drill { get; init; }

    /// <summary>The cluster's name, as whoever began it called it.</summary>
    public required string ClusterName { get; init; }

    /// <summary>Who began it, and where.</summary>
    public required string Operator { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The canary's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>What is stopped on which host.</summary>
    public required IReadOnlyDictionary<string, ClusterComponent> Components { get; init; }

    /// <summary>The node that is cordoned, or null.</summary>
    public string? CordonedNode { get; init; }

    /// <summary>True where the cluster is restored, under the id of the drill.</summary>
    public bool Restores { get; init; }

    /// <summary>The host whose member of etcd lost its data, or null.</summary>
    public string? LostMember { get; init; }

    /// <summary>The host whose member of etcd got a lower quota, or null.</summary>
    public string? FullMember { get; init; }

    /// <summary>
    /// True where it is of the form that drills write. Its id is a part of paths on the hosts, and its namespace is deleted with all that is in
    /// it: a record that somebody has changed must lead to no other.
    /// </summary>
    [JsonIgnore]
    public bool IsOwn => OperationId.Length > 0 && OperationId.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && Namespace == Canary.NamespaceOf(OperationId);

    /// <summary>Writes it to a host; it is on the disk when this returns.</summary>
    public Task WriteAsync(IHostShell shell, OperationJournal journal, CancellationToken cancellationToken) => shell.RunCheckedAsync(
        journal.Step(
            shell.HostName,
            $"record the {Drill} drill of '{ClusterName}'",
            """
            folder=/var/lib/clusterheal/drills
            mkdir -p "$folder" && printf '%s\n' "$2" > "$folder/$1.part" && sync -- "$folder/$1.part" && mv -f -- "$folder/$1.part" "$folder/$1.json" || exit 41
            """,
            OperationId,
            JsonSerializer.Serialize(this, DrillRecordJson.Default.DrillRecord)),
        cancellationToken);

    /// <summary>Removes it from a host.</summary>
    public static Task RemoveAsync(IHostShell shell, OperationJournal journal, CancellationToken cancellationToken) => shell.RunCheckedAsync(
        journal.Step(shell.HostName, "end the drill", "rm -f -- \"/var/lib/clusterheal/drills/$1.json\" || exit 41", journal.OperationId), cancellationToken);

    /// <summary>The drills that a host remembers, and the files of those that cannot be read.</summary>
    /// <exception cref="HostShellException">The host cannot be asked.</exception>
    public static async Task<(IReadOnlyList<DrillRecord> Records, IReadOnlyList<string> Unreadable)> ReadAsync(
        IHostShell shell, CancellationToken cancellationToken)
    {
        // Whoever may not look into the folder does not see that it is empty.
        const string Read = """
            [ -d /var/lib/clusterheal ] || exit 0
            ls -d /var/lib/clusterheal/. > /dev/null || exit 41
            for file in /var/lib/clusterheal/drills/*.json; do
              [ ! -f "$file" ] || printf '%s\t%s\n' "$file" "$(tr -d '\n' < "$file")"
            done
            """;
        var script = new HostScript(Read) { Purpose = "read the records of drills" };
        var lines = (await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false)).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var files = lines.Select(line => line.Split('\t', 2)).Where(parts => parts.Length == 2).Select(parts => (Path: parts[0], Record: Parse(parts[1]))).ToArray();
        return ([.. files.Select(file => file.Record).OfType<DrillRecord>()], [.. files.Where(file => file.Record is null).Select(file => file.Path)]);
    }

    /// <summary>Reads a record; null if it is none.</summary>
    internal static DrillRecord? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, DrillRecordJson.Default.DrillRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The record as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(DrillRecord))]
internal sealed partial class DrillRecordJson : JsonSerializerContext;
