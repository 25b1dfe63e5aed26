using System.Text.Json;
using ClusterHeal.Common;

namespace ClusterHeal.Kubernetes;

/// <summary>Reads a Lease as the API server stores it. (Kubernetes: api/coordination/v1/generated.proto, apimachinery/pkg/apis/meta/v1/generated.proto MicroTime)</summary>
internal static class StoredLease
{
    private const int Spec = 2, Renewed = 4, Seconds = 1, Nanoseconds = 2;
    private const long NanosecondsPerTick = 100, MostNanoseconds = 999_999_999;

    /// <summary>When it was renewed; null if the value is no lease, was never renewed, or is encrypted.</summary>
    public static DateTimeOffset? RenewTime(ReadOnlySpan<byte> value)
    {
        var stored = StorageEnvelope.Open(value);
        if (stored.Kind != "Lease") return null;
        return stored.Form switch
        {
            StoredObjectForm.Protobuf => OfMicroTime(Field(Field(stored.Body, Spec), Renewed)),
            StoredObjectForm.Json => OfJson(stored.Body),
            _ => null,
        };
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> message, int number)
    {
        ReadOnlySpan<byte> found = [];
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == number && reader.IsBytes) found = reader.Value;
        }

        return reader.IsMalformed ? [] : found;
    }

    private static DateTimeOffset? OfMicroTime(ReadOnlySpan<byte> time)
    {
        var (seconds, nanoseconds) = (0L, 0L);
        var reader = new ProtobufReader(time);
        while (reader.Read())
        {
            if (reader.Field == Seconds) seconds = (long)reader.Number;
            else if (reader.Field == Nanoseconds) nanoseconds = (long)reader.Number;
        }

        // Zero means no time. A time outside the range of DateTimeOffset is no lease.
        if (reader.IsMalformed || seconds <= 0 || seconds >= DateTimeOffset.MaxValue.ToUnixTimeSeconds() || nanoseconds is < 0 or > MostNanoseconds) return null;
        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / NanosecondsPerTick);
    }

    private static DateTimeOffset? OfJson(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, KubernetesJson.Default.Lease)?.Spec?.RenewTime;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Half of a surrogate pair throws an InvalidOperationException.
            return null;
        }
    }
}
