using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Drills;

/// <summary>The record of a drill on the control-plane hosts. It is there from before anything is broken until nothing of the drill is left.</summary>
internal sealed record DrillRecord
{
    public required string OperationId { get; init; }

    public required DrillName Drill { get; init; }

    /// <summary>The cluster's name for the operator who began it.</summary>
    public required string ClusterName { get; init; }

    /// <summary>Who began it, and where.</summary>
    public required string Operator { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The canary's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>Which component is stopped on which host.</summary>
    public required IReadOnlyDictionary<string, ClusterComponent> Components { get; init; }

    /// <summary>The node that is cordoned, or null.</summary>
    public string? CordonedNode { get; init; }

    /// <summary>True if the cluster is restored, under the ID of the drill.</summary>
    public bool Restores { get; init; }

    /// <summary>The host whose member of etcd lost its data, or null.</summary>
    public string? LostMember { get; init; }

    /// <summary>The host whose member of etcd got a lower quota, or null.</summary>
    public string? FullMember { get; init; }

    /// <summary>
    /// True if it has the form that drills write. Its ID is a part of paths on the hosts, and its namespace is deleted with all that is in it: a
    /// record that somebody has changed must not lead to another one.
    /// </summary>
    [JsonIgnore]
    public bool IsOwn => OperationId.Length > 0 && OperationId.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && Namespace == Canary.NamespaceOf(OperationId);

    /// <summary>Writes it to a host; when this returns, it is on disk.</summary>
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

    public static Task RemoveAsync(IHostShell shell, OperationJournal journal, CancellationToken cancellationToken) => shell.RunCheckedAsync(
        journal.Step(shell.HostName, "end the drill", "rm -f -- \"/var/lib/clusterheal/drills/$1.json\" || exit 41", journal.OperationId), cancellationToken);

    /// <summary>The drills with a record on a host, and the files that cannot be read.</summary>
    /// <exception cref="HostShellException">The host cannot be asked.</exception>
    public static async Task<(IReadOnlyList<DrillRecord> Records, IReadOnlyList<string> Unreadable)> ReadAsync(
        IHostShell shell, CancellationToken cancellationToken)
    {
        // Without the right to read the folder, one does not see whether it is empty.
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

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(DrillRecord))]
internal sealed partial class DrillRecordJson : JsonSerializerContext;
