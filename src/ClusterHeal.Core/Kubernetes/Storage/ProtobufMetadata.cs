using System.Text;
using ClusterHeal.Common;

namespace ClusterHeal.Kubernetes;

/// <summary>Reads an ObjectMeta from protobuf (Kubernetes: apimachinery/pkg/apis/meta/v1/generated.proto).</summary>
internal static class ProtobufMetadata
{
    private static readonly (long Min, long Max) Seconds = (DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds());

    /// <summary>Reads the message; null if it is malformed.</summary>
    public static StorageMetadata? Read(ReadOnlySpan<byte> message)
    {
        var (metadata, isSound) = (new StorageMetadata(), true);
        var reader = new ProtobufReader(message);
        while (isSound && reader.Read())
        {
            switch (reader.Field)
            {
                case 1:
                    metadata.Name = Text(reader.Value);
                    break;
                case 2:
                    metadata.GenerateName = Text(reader.Value);
                    break;
                case 3:
                    metadata.Namespace = Text(reader.Value);
                    break;
                case 5:
                    metadata.Uid = Text(reader.Value);
                    break;
                case 7:
                    metadata.Generation = (long)reader.Number;
                    break;
                case 8:
                    isSound = TryReadTime(reader.Value, out var created);
                    metadata.CreationTimestamp = created;
                    break;
                case 9:
                    isSound = TryReadTime(reader.Value, out var deletion);
                    metadata.DeletionTimestamp = deletion;
                    break;
                case 11:
                    isSound = TryAddEntry(reader.Value, metadata.Labels);
                    break;
                case 12:
                    isSound = TryAddEntry(reader.Value, metadata.Annotations);
                    break;
                case 13:
                    isSound = TryAddOwner(reader.Value, metadata.Owners);
                    break;
                case 14:
                    metadata.Finalizers.Add(Text(reader.Value));
                    break;
                default:
                    break;
            }
        }

        return isSound && !reader.IsMalformed ? metadata : null;
    }

    /// <summary>The server writes 0 for no time (apis/meta/v1/time_proto.go).</summary>
    private static bool TryReadTime(ReadOnlySpan<byte> message, out DateTimeOffset? time)
    {
        var reader = new ProtobufReader(message);
        var (seconds, nanos) = (0L, 0L);
        time = null;
        while (reader.Read())
        {
            if (reader.Field == 1) seconds = (long)reader.Number;
            else if (reader.Field == 2) nanos = (long)reader.Number;
        }

        if (reader.IsMalformed || seconds < Seconds.Min || seconds >= Seconds.Max || nanos is < 0 or >= 1_000_000_000) return false;
        if ((seconds, nanos) != (0, 0)) time = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanos / TimeSpan.NanosecondsPerTick);
        return true;
    }

    private static bool TryAddEntry(ReadOnlySpan<byte> message, Dictionary<string, string> entries)
    {
        var reader = new ProtobufReader(message);
        var (key, value) = ("", "");
        while (reader.Read())
        {
            if (reader.Field == 1) key = Text(reader.Value);
            else if (reader.Field == 2) value = Text(reader.Value);
        }

        entries[key] = value;
        return !reader.IsMalformed;
    }

    private static bool TryAddOwner(ReadOnlySpan<byte> message, List<EtcdSnapshotOwner> owners)
    {
        var reader = new ProtobufReader(message);
        var owner = new EtcdSnapshotOwner("", "", "", "", false);
        while (reader.Read())
        {
            owner = reader.Field switch
            {
                1 => owner with { Kind = Text(reader.Value) },
                3 => owner with { Name = Text(reader.Value) },
                4 => owner with { Uid = Text(reader.Value) },
                5 => owner with { ApiVersion = Text(reader.Value) },
                6 => owner with { IsController = reader.Number != 0 },
                _ => owner,
            };
        }

        owners.Add(owner);
        return !reader.IsMalformed;
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
