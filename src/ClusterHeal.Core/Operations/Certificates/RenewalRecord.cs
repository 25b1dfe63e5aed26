using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterHeal.Common;
using ClusterHeal.Hosts;

namespace ClusterHeal.Operations.Certificates;

/// <summary>The record of a certificate renewal on a host. It is written before anything is changed.</summary>
internal sealed record RenewalRecord
{
    public required string OperationId { get; init; }

    /// <summary>The cluster's name for the operator who began it.</summary>
    public required string Cluster { get; init; }

    /// <summary>Who began it, and where.</summary>
    public required string Operator { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The files that get new contents.</summary>
    public required ItemCollection<string> Paths { get; init; }

    /// <summary>True if it has the form that renewals write: its ID is a part of paths on the host.</summary>
    [JsonIgnore]
    public bool IsOwn => OperationId.Length > 0 && OperationId.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>The record as one line of JSON.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, RenewalRecordJson.Default.RenewalRecord);

    /// <summary>The unfinished renewals on a host, by age.</summary>
    /// <exception cref="HostShellException">The host cannot be asked.</exception>
    public static async Task<IReadOnlyList<RenewalRecord>> FindUnfinishedAsync(IHostShell shell, CancellationToken cancellationToken)
    {
        var script = new HostScript(HostScript.Text("list-records"), "certificates") { Purpose = "look for renewals of certificates" };
        var text = (await shell.RunCheckedAsync(script, cancellationToken).ConfigureAwait(false)).Text;
        return
        [
            .. from line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
               let words = line.Split(' ', 3)
               where words.Length == 3 && words[0] == "unfinished"
               let record = Parse(words[2])
               where record is { IsOwn: true }
               select record,
        ];
    }

    /// <summary>Reads a record; null if it is none.</summary>
    internal static RenewalRecord? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, RenewalRecordJson.Default.RenewalRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, Converters = [typeof(ItemTextsConverter)])]
[JsonSerializable(typeof(RenewalRecord))]
internal sealed partial class RenewalRecordJson : JsonSerializerContext;
