using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterHeal.Common;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Repairs;

/// <summary>
/// The record on a host of the repair of its member. It is written before anything is changed, and has all that another machine needs to continue or
/// to undo the repair.
/// </summary>
internal sealed record RepairRecord
{
    public required string OperationId { get; init; }

    /// <summary>The cluster's name for the operator who began it.</summary>
    public required string Cluster { get; init; }

    /// <summary>Who began it, and where.</summary>
    public required string Operator { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The host, as the operator named it.</summary>
    public required string HostName { get; init; }

    /// <summary>The name of the old member; the new one may have another. Null if the cluster did not list it.</summary>
    public string? FormerName { get; init; }

    /// <summary>The ID of the old member; 0 if the cluster did not list it.</summary>
    public ulong FormerId { get; init; }

    /// <summary>How many voters the cluster has after the repair.</summary>
    public required int Voters { get; init; }

    /// <summary>The cluster, in hex as etcdctl prints it.</summary>
    public required string ClusterId { get; init; }

    /// <summary>True if the new member joins as a learner.</summary>
    public required bool AsLearner { get; init; }

    /// <summary>The snapshot that was saved before.</summary>
    public required string SnapshotPath { get; init; }

    /// <summary>The file that gets the settings of a first start.</summary>
    public required string SettingsPath { get; init; }

    /// <summary>How etcd is run there.</summary>
    public required ComponentStatus Etcd { get; init; }

    /// <summary>How the new member is set up.</summary>
    public required EtcdConfiguration Configuration { get; init; }

    /// <summary>
    /// True if it has the form that repairs write. Its ID is a part of paths on the host: a record that somebody has changed must not lead elsewhere.
    /// </summary>
    [JsonIgnore]
    public bool IsOwn => OperationId.Length > 0 && OperationId.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>The record as one line of JSON.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, RepairRecordJson.Default.RepairRecord);

    /// <summary>The repairs with a record on a host, by age.</summary>
    /// <exception cref="HostShellException">The host cannot be asked.</exception>
    public static async Task<IReadOnlyList<FormerRepair>> FindAsync(IHostShell shell, CancellationToken cancellationToken)
    {
        var script = new HostScript(HostScript.Text("list-records"), "repair") { Purpose = "look for repairs of members" };
        var text = (await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false)).Text;
        return
        [
            .. from line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
               let words = line.Split(' ', 3)
               where words.Length == 3
               let record = Parse(words[2])
               where record is { IsOwn: true }
               select new FormerRepair(shell, record, IsFinished: words[0] == "finished", IsForward: words[1] == "forward"),
        ];
    }

    /// <summary>Reads a record; null if it is none.</summary>
    internal static RepairRecord? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, RepairRecordJson.Default.RepairRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, Converters = [typeof(ItemTextsConverter)])]
[JsonSerializable(typeof(RepairRecord))]
internal sealed partial class RepairRecordJson : JsonSerializerContext;
