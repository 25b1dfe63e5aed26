using System.Net;
using System.Text;

namespace ClusterHeal.Etcd.Snapshots;

/// <summary>
/// The keys by which API servers say that they live (<c>masterleases</c>), and which of them are of servers that are gone. The service
/// <c>kubernetes</c> sends its clients to all of them. A server that lives renews its key every ten seconds, so one that is deleted by mistake
/// is back at once.
/// </summary>
/// <param name="gone">Addresses of servers that are gone.</param>
/// <param name="living">The only addresses at which servers can live; null if there may be others.</param>
internal sealed class ApiServerLeases(IReadOnlyList<string> gone, IReadOnlyList<string>? living)
{
    private const byte KeyField = 0x0a;

    /// <summary>Kubernetes, and OpenShift before 4.</summary>
    private static readonly byte[][] Prefixes = ["/registry/masterleases/"u8.ToArray(), "/kubernetes.io/masterleases/"u8.ToArray()];

    private readonly HashSet<string> _gone = [.. gone.Select(Normal)];
    private readonly HashSet<string>? _living = living is null ? null : [.. living.Select(Normal)];

    /// <summary>The key of a record of the bucket <c>key</c>, if it is a lease of a server that is gone; otherwise null.</summary>
    /// <param name="value">A mvccpb.KeyValue, whose first field is the key; a tombstone has no other.</param>
    public string? GoneKeyOf(ReadOnlySpan<byte> value)
    {
        if (value.Length < 2 || value[0] != KeyField || value[1] > 127 || value.Length < 2 + value[1]) return null;
        var key = value.Slice(2, value[1]);
        foreach (var prefix in Prefixes)
        {
            if (key.StartsWith(prefix)) return IsGone(Encoding.UTF8.GetString(key[prefix.Length..])) ? Encoding.UTF8.GetString(key) : null;
        }

        return null;
    }

    /// <summary>The value of the tombstone of a key.</summary>
    public static byte[] TombstoneOf(string key)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        return [KeyField, (byte)bytes.Length, .. bytes];
    }

    private bool IsGone(string address) => _gone.Contains(Normal(address)) || _living?.Contains(Normal(address)) == false;

    // An IPv6 address has many spellings.
    private static string Normal(string address) => IPAddress.TryParse(address, out var parsed) ? parsed.ToString() : address;
}
